/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PLUGINS_LUA_HELD_H
#define PLUGINS_LUA_HELD_H
/*
 * A message in the hands of a script: a userdata of this type, the same one for the same message.
 */
#include <lua.h>
#include <stdint.h>
#include "plugins/mailscanner.h"

#define HELD_TYPE "mailscanner.message"

/* Its user values are two tables: what is kept for good, and what is made anew when more is known of the message. */
enum { HELD_KEPT = 1, HELD_PASSING = 2 };

struct held {
	struct mailscanner_message *message; /* NULL: it is gone */
	uint64_t revision;		     /* that the passing ones are of */
};

/* Pushes the message, nil for NULL. */
void held_push(lua_State *state, struct mailscanner_message *message);
/* The message at that place of the arguments; an error of the script's where there is none, or it is gone. */
struct mailscanner_message *held_check(lua_State *state, int index);
/* The same; NULL for nil and nothing. */
struct mailscanner_message *held_optional(lua_State *state, int index);

#endif
