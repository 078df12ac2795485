/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The list is made at once, the look-up by name asks the program each time.
 */
#include "plugins/lua/headers.h"

#include <string.h>

#include <lauxlib.h>

#include "plugins/lua/guard.h"
#include "plugins/lua/held.h"

#define HEADERS_MAX 10000 /* of one message, that a script sees */

static void
push_header(lua_State *state, const char *text)
{
	const char *colon = strchr(text, ':');
	size_t length = colon != NULL ? (size_t)(colon - text) : 0;

	lua_createtable(state, 0, 3);
	lua_pushstring(state, text);
	lua_setfield(state, -2, "text");
	lua_pushlstring(state, text, length);
	lua_setfield(state, -2, "name");
	lua_pushstring(state, colon != NULL ? colon + 1 + strspn(colon + 1, " \t") : text);
	lua_setfield(state, -2, "value");
}

/* headers.NAME; the message is the upvalue. */
static int
header_by_name(lua_State *state)
{
	if (lua_type(state, 2) != LUA_TSTRING)
		return 0;
	lua_pushstring(state,
	    lua_host->header(held_check(state, lua_upvalueindex(1)), lua_tostring(state, 2)));
	return 1;
}

void
headers_push(lua_State *state, struct mailscanner_message *message)
{
	size_t position = 0;
	const char *text;

	lua_newtable(state);
	for (lua_Integer i = 1;
	     i <= HEADERS_MAX && (text = lua_host->next_header(message, &position)) != NULL; i++) {
		push_header(state, text);
		lua_rawseti(state, -2, i);
	}
	lua_createtable(state, 0, 1);
	held_push(state, message);
	lua_pushcclosure(state, header_by_name, 1);
	lua_setfield(state, -2, "__index");
	lua_setmetatable(state, -2);
}

int
headers_named(lua_State *state)
{
	static const char *const forms[] = { [MAILSCANNER_RAW] = "raw",
		[MAILSCANNER_UNFOLDED] = "unfolded",
		[MAILSCANNER_DECODED] = "decoded",
		NULL };
	struct mailscanner_message *message = held_check(state, 1);
	const char *name = luaL_checkstring(state, 2);
	int form = luaL_checkoption(state, 3, "unfolded", forms);
	size_t position = 0;
	const char *text;

	lua_newtable(state);
	for (lua_Integer i = 1;
	     i <= HEADERS_MAX && (text = lua_host->next_field(message, name,
				      (enum mailscanner_form)form, &position)) != NULL;
	     i++) {
		lua_pushstring(state, text);
		lua_rawseti(state, -2, i);
	}
	return 1;
}
