/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every use of the state is a protected call, because in Lua even making a string may throw. Time is looked at each thousand
 * instructions; once it is over, at each, so that a script can't catch the error and go on. What a C function of a library does
 * in one go (a pattern on a long text) is not stopped here; a worker that hangs so is ended by the program, which names the
 * function.
 */
#include "plugins/lua/guard.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <lauxlib.h>
#include <lualib.h>

#include "plugins/lua/library.h"
#include "plugins/lua/message.h"

#define STEP 1000	    /* instructions between two looks at the clock */
#define LEAST_MEMORY 262144 /* the libraries need some of it */
#define FAULT_SIZE 1024

const struct mailscanner_host *lua_host;

static struct {
	lua_State *state;
	size_t used, limit; /* bytes */
	int64_t deadline;   /* milliseconds; 0: none */
	bool running;
	char fault[FAULT_SIZE];
} guard;

static void *
allocate(void *data, void *block, size_t old_size, size_t size)
{
	size_t before = block != NULL ? old_size : 0;

	(void)data;
	if (size == 0) {
		free(block);
		guard.used -= before;
		return NULL;
	}
	/* Shrinking must not fail. */
	if (size > before && guard.used + (size - before) > guard.limit)
		return NULL;
	void *grown = realloc(block, size);
	if (grown != NULL)
		guard.used = guard.used - before + size;
	return grown;
}

static int64_t
now(void)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	return (int64_t)at.tv_sec * 1000 + at.tv_nsec / 1000000;
}

static void
look_at_clock(lua_State *state, lua_Debug *where)
{
	(void)where;
	if (guard.deadline == 0 || now() < guard.deadline)
		return;
	lua_sethook(state, look_at_clock, LUA_MASKCOUNT, 1);
	lua_sethook(guard.state, look_at_clock, LUA_MASKCOUNT, 1);
	luaL_error(state, "it has taken more than %d seconds (Custom Function Timeout)",
	    (int)lua_host->time_limit());
}

/* Each with what a function must not have: files, programs, code that was not in its file, endless work in one go. */
static const luaL_Reg safe_libraries[] = {
	{ LUA_GNAME, luaopen_base },
	{ LUA_COLIBNAME, luaopen_coroutine },
	{ LUA_TABLIBNAME, luaopen_table },
	{ LUA_STRLIBNAME, luaopen_string },
	{ LUA_MATHLIBNAME, luaopen_math },
	{ LUA_UTF8LIBNAME, luaopen_utf8 },
};

static void
remove_field(lua_State *state, const char *table, const char *field)
{
	lua_getglobal(state, table);
	lua_pushnil(state);
	lua_setfield(state, -2, field);
	lua_pop(state, 1);
}

static void
open_safe_libraries(lua_State *state)
{
	static const char *const unsafe[] = { "dofile", "loadfile", "load", "collectgarbage" };

	for (size_t i = 0; i < sizeof safe_libraries / sizeof *safe_libraries; i++) {
		luaL_requiref(state, safe_libraries[i].name, safe_libraries[i].func, 1);
		lua_pop(state, 1);
	}
	for (size_t i = 0; i < sizeof unsafe / sizeof *unsafe; i++)
		remove_field(state, LUA_GNAME, unsafe[i]);
	remove_field(state, LUA_STRLIBNAME, "dump");
}

static int
open_all(lua_State *state)
{
	const char *libraries = lua_host->directive(NULL, "Lua Libraries");

	if (strcmp(libraries, "all") == 0)
		luaL_openlibs(state);
	else
		open_safe_libraries(state);
	library_open(state);
	message_open(state);
	return 0;
}

const char *
guard_open(const struct mailscanner_host *host)
{
	lua_host = host;
	guard.limit = (size_t)strtoull(host->directive(NULL, "Lua Memory Limit"), NULL, 10);
	if (guard.limit < LEAST_MEMORY)
		guard.limit = LEAST_MEMORY;
	guard.used = 0;
	guard.state = lua_newstate(allocate, NULL);
	if (guard.state == NULL)
		return "no memory";
	return guard_call(open_all, NULL);
}

void
guard_close(void)
{
	guard.deadline = 0;
	if (guard.state != NULL)
		lua_close(guard.state);
	guard.state = NULL;
}

static void
begin(void)
{
	unsigned seconds = lua_host->time_limit();

	guard.running = true;
	guard.deadline = seconds > 0 ? now() + (int64_t)seconds * 1000 : 0;
	lua_sethook(guard.state, look_at_clock, LUA_MASKCOUNT, STEP);
}

const char *
guard_call(lua_CFunction function, void *data)
{
	bool outermost = !guard.running;
	const char *fault = NULL;

	if (outermost)
		begin();
	lua_pushcfunction(guard.state, function);
	lua_pushlightuserdata(guard.state, data);
	if (lua_pcall(guard.state, 1, 0, 0) != LUA_OK) {
		const char *text = lua_tostring(guard.state, -1);

		strncpy(guard.fault, text != NULL ? text : "an error that is no text",
		    sizeof guard.fault - 1);
		fault = guard.fault;
		lua_pop(guard.state, 1);
	}
	if (outermost)
		guard.running = false;
	return fault;
}
