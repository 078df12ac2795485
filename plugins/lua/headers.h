/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PLUGINS_LUA_HEADERS_H
#define PLUGINS_LUA_HEADERS_H
/*
 * Header fields as scripts see them:
 *
 *	message.headers[n], #message.headers  in order, each { name, value, text }
 *	message.headers.subject               value of the first header of that name, unfolded (any case; ["Message-ID"])
 *	message:fields(name [, form])         of all headers of that name; form "unfolded", "decoded" (RFC 2047) or "raw"
 */
#include <lua.h>
#include "plugins/mailscanner.h"

void headers_push(lua_State *state, struct mailscanner_message *message);
/* message:fields() */
int headers_named(lua_State *state);

#endif
