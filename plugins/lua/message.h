/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PLUGINS_LUA_MESSAGE_H
#define PLUGINS_LUA_MESSAGE_H
/*
 * Messages as scripts see them. A field is made when it is first asked for:
 *
 *	message.id, .size, .received          queue id, bytes, seconds since the epoch
 *	message.subject                       as it stands in the header, unfolded; nil: none
 *	message.sender                        { address, user, domain }; domains are in lower case, the rest is as it came
 *	message.recipients                    a list of the same
 *	message.client                        { ip, name }; ip is "" where not known, name nil
 *	message.helo, .protocol, .auth        nil where not known
 *	message.headers, message:fields()     headers.h
 *	message.parts, .findings, .fate       what was read and found (contents.h)
 *	message:fact(name)                    what the program knows besides (mailscanner.h), as a table; nil: nothing
 *	message:dump([path])                  all of that as one JSON object into a file *.json, or the log; false: it can't be written
 *	message:body(bytes)                   the beginning of the body, as it came
 *	message:add_header(name, value), :set_header(name, value), :remove_header(name), :add_recipient(address)
 *	                                      false where the message can't be changed any more
 *
 * Other fields are the script's own: what it puts there stays until the message is gone.
 */
#include <lua.h>
#include "plugins/mailscanner.h"

void message_open(lua_State *state);
/* Pushes a table { messages, bytes, started, ended }. */
void message_push_batch(lua_State *state, struct mailscanner_batch *batch);

#endif
