/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names as short as a configuration file's, because a function is often three lines.
 */
#include "plugins/lua/library.h"

#include <string.h>
#include <time.h>

#include <jansson.h>
#include <lauxlib.h>

#include "plugins/lua/guard.h"
#include "plugins/lua/held.h"

/* The level is the upvalue. */
static int
write_log(lua_State *state)
{
	int count = lua_gettop(state);

	if (count > 1) {
		luaL_checkstring(state, 1);
		lua_getglobal(state, "string");
		lua_getfield(state, -1, "format");
		lua_remove(state, -2);
		lua_insert(state, 1);
		lua_call(state, count, 1);
	}
	lua_host->log((enum mailscanner_level)lua_tointeger(state, lua_upvalueindex(1)), "%s",
	    luaL_tolstring(state, 1, NULL));
	return 0;
}

static int
value(lua_State *state)
{
	const char *name = luaL_checkstring(state, 1);

	lua_pushstring(state, lua_host->directive(held_optional(state, 2), name));
	return 1;
}

static int
explain(lua_State *state)
{
	const char *name = luaL_checkstring(state, 1);

	lua_pushstring(state, lua_host->explain(held_optional(state, 2), name));
	return 1;
}

static int
language(lua_State *state)
{
	const char *word = luaL_checkstring(state, 1);

	lua_pushstring(state, lua_host->language(held_optional(state, 2), word));
	return 1;
}

static int
ruleset(lua_State *state)
{
	struct mailscanner_message *message = held_optional(state, 1);
	const char *name = luaL_checkstring(state, 2);

	lua_pushstring(state, lua_host->ruleset(message, name, luaL_checkstring(state, 3)));
	return 1;
}

static int
macro(lua_State *state)
{
	lua_pushstring(state, lua_host->macro(luaL_checkstring(state, 1)));
	return 1;
}

static int
seconds(lua_State *state)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	lua_pushnumber(state, (lua_Number)now.tv_sec + (lua_Number)now.tv_nsec / 1e9);
	return 1;
}

static int
store_get(lua_State *state)
{
	lua_pushstring(state, lua_host->store_get(luaL_checkstring(state, 1)));
	return 1;
}

static unsigned
optional_seconds(lua_State *state, int index)
{
	lua_Integer given = luaL_optinteger(state, index, 0);

	luaL_argcheck(state, given >= 0 && given <= 0x7fffffff, index, "no number of seconds");
	return (unsigned)given;
}

static int
store_set(lua_State *state)
{
	const char *name = luaL_checkstring(state, 1);
	const char *text = luaL_optstring(state, 2, NULL);

	lua_host->store_set(name, text, optional_seconds(state, 3));
	return 0;
}

static int
store_add(lua_State *state)
{
	const char *name = luaL_checkstring(state, 1);
	lua_Integer amount = luaL_checkinteger(state, 2);

	lua_pushinteger(state, lua_host->store_add(name, amount, optional_seconds(state, 3)));
	return 1;
}

static const luaL_Reg functions[] = { { "value", value }, { "explain", explain },
	{ "language", language }, { "ruleset", ruleset }, { "macro", macro }, { "time", seconds },
	{ NULL, NULL } };

static const luaL_Reg store[] = { { "get", store_get }, { "set", store_set }, { "add", store_add },
	{ NULL, NULL } };

static const struct {
	const char *name;
	enum mailscanner_level level;
} levels[] = { { "log", MAILSCANNER_INFO }, { "info", MAILSCANNER_INFO },
	{ "notice", MAILSCANNER_NOTICE }, { "warn", MAILSCANNER_WARNING },
	{ "error", MAILSCANNER_ERROR }, { "debug", MAILSCANNER_DEBUG } };

void
library_open(lua_State *state)
{
	luaL_newlib(state, functions);
	luaL_newlib(state, store);
	lua_setfield(state, -2, "store");
	for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
		lua_pushinteger(state, levels[i].level);
		lua_pushcclosure(state, write_log, 1);
		lua_setfield(state, -2, levels[i].name);
	}
	lua_getfield(state, -1, "info");
	lua_setglobal(state, "print");
	lua_setglobal(state, "mailscanner");
}

static void push_value(lua_State *state, json_t *value);

static void
push_list(lua_State *state, json_t *list)
{
	lua_createtable(state, (int)json_array_size(list), 0);
	for (size_t i = 0; i < json_array_size(list); i++) {
		push_value(state, json_array_get(list, i));
		lua_rawseti(state, -2, (lua_Integer)i + 1);
	}
}

static void
push_object(lua_State *state, json_t *object)
{
	const char *key;
	json_t *member;

	lua_createtable(state, 0, (int)json_object_size(object));
	json_object_foreach(object, key, member)
	{
		push_value(state, member);
		lua_setfield(state, -2, key);
	}
}

static void
push_value(lua_State *state, json_t *value_)
{
	/* As deep as the program nests its facts. */
	luaL_checkstack(state, 4, "a fact is nested too deep");
	if (json_is_string(value_))
		lua_pushlstring(state, json_string_value(value_), json_string_length(value_));
	else if (json_is_integer(value_))
		lua_pushinteger(state, json_integer_value(value_));
	else if (json_is_real(value_))
		lua_pushnumber(state, json_real_value(value_));
	else if (json_is_boolean(value_))
		lua_pushboolean(state, json_is_true(value_));
	else if (json_is_array(value_))
		push_list(state, value_);
	else if (json_is_object(value_))
		push_object(state, value_);
	else
		lua_pushnil(state);
}

/* As the end of a variable of Lua's, so an error on the way frees it too. */
static int
free_json(lua_State *state)
{
	json_t **box = lua_touserdata(state, 1);

	json_decref(*box);
	*box = NULL;
	return 0;
}

void
library_push_json(lua_State *state, const char *json)
{
	json_t **box = lua_newuserdatauv(state, sizeof *box, 0);

	*box = NULL;
	lua_createtable(state, 0, 1);
	lua_pushcfunction(state, free_json);
	lua_setfield(state, -2, "__gc");
	lua_setmetatable(state, -2);
	*box = json_loads(json, JSON_DECODE_ANY, NULL);
	push_value(state, *box);
	json_decref(*box);
	*box = NULL;
	lua_remove(state, -2);
}
