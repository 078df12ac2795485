/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A script may keep a message longer than it lives, so what it holds is a pointer that is taken away when the message goes.
 */
#include "plugins/lua/held.h"

#include <lauxlib.h>

#include "plugins/lua/guard.h"

static const char key; /* of what is attached to a message */

struct mailscanner_message *
held_check(lua_State *state, int index)
{
	const struct held *held = luaL_checkudata(state, index, HELD_TYPE);

	luaL_argcheck(state, held->message != NULL, index, "this message is gone");
	return held->message;
}

struct mailscanner_message *
held_optional(lua_State *state, int index)
{
	return lua_isnoneornil(state, index) ? NULL : held_check(state, index);
}

/* The message is gone; what scripts still hold of it is empty. */
static int
let_go(lua_State *state)
{
	lua_pushnil(state);
	lua_rawsetp(state, LUA_REGISTRYINDEX, lua_touserdata(state, 1));
	return 0;
}

static void
release(void *data)
{
	struct held *held = data;

	held->message = NULL;
	guard_call(let_go, held);
}

void
held_push(lua_State *state, struct mailscanner_message *message)
{
	if (message == NULL) {
		lua_pushnil(state);
		return;
	}
	struct held *held = lua_host->attached(message, &key);
	if (held != NULL) {
		lua_rawgetp(state, LUA_REGISTRYINDEX, held);
		return;
	}
	held = lua_newuserdatauv(state, sizeof *held, HELD_PASSING);
	*held = (struct held){ message, lua_host->revision(message) };
	for (int where = HELD_KEPT; where <= HELD_PASSING; where++) {
		lua_newtable(state);
		lua_setiuservalue(state, -2, where);
	}
	luaL_setmetatable(state, HELD_TYPE);
	lua_pushvalue(state, -1);
	lua_rawsetp(state, LUA_REGISTRYINDEX, held);
	lua_host->attach(message, &key, held, release);
}
