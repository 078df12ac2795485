/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PLUGINS_LUA_CONTENTS_H
#define PLUGINS_LUA_CONTENTS_H
/*
 * What was read of a message, and found in it, as scripts see it:
 *
 *	message.parts       a list, empty before the message was read; the first is the message itself. Each is a table:
 *	                    index         its place in the list
 *	                    kind          "leaf", "multipart", "message"; "member": unpacked from another
 *	                    type, declared, detected          MIME types: what counts, what its header says, what its content says
 *	                    name, names   file name, safe to show; every name that some program may see
 *	                    description, disposition, encoding, charset, content_id, digest
 *	                    parent        the part around it; nil: none
 *	                    unpacked_from the MIME part that it came out of; nil: it is one itself
 *	                    size, depth, archive_depth, reading
 *	                    flags         a table: flags.encrypted is true or nil (mailscanner-message(5) lists them)
 *	message.findings    a list of tables { kind, text, rule, who, key, part }; part nil: the message as a whole
 *	message.fate        "open" until it is settled, then "pass", "deliver", "drop", "leave", "hold"; nil: there is only an envelope
 *
 * What there is not is nil.
 */
#include <lua.h>
#include "plugins/mailscanner.h"

void contents_push_parts(lua_State *state, struct mailscanner_message *message);
/* The message is at place 1 of the stack: parts of findings are those of its list. */
void contents_push_findings(lua_State *state, struct mailscanner_message *message);
void contents_push_fate(lua_State *state, struct mailscanner_message *message);

#endif
