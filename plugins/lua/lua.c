/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Custom functions in Lua 5.4: files *.lua in `Custom Functions Dir`.
 *
 *	function Local(message)                 Sign Clean Messages = &Local
 *		return message ~= nil and message.sender.domain == "example.com"
 *	end
 *
 * A function gets the message (nil: none) and the arguments that the configuration gives it. true and false are yes and no, texts
 * and numbers what they say, nil the default; nil and a text: it can't tell, and why. InitLocal(arguments) and EndLocal(arguments)
 * are called at the start and the end of a worker, for each directive that names the function. An error in a function is logged,
 * and the default counts; an error in Init makes the default count for the life of the worker.
 *
 * Each file has its own globals; what it sets, others don't see. All share one state, and what that may use: library.h and
 * message.h say what there is, guard.h what there is not.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>

#include "plugins/lua/guard.h"
#include "plugins/lua/held.h"
#include "plugins/lua/message.h"
#include "plugins/mailscanner.h"

#define FUNCTIONS_MAX 10000 /* of one file */

static const char environments; /* registry: name of a function -> the globals of its file */

struct function {
	char *name;
	const char *const *arguments;
	char *text;  /* the last value */
	char *fault; /* the last error that was logged */
};

struct loading {
	const char *path;
	void (*found)(void *data, const char *name);
	void *data;
};

/* One call, for run(). */
struct call {
	struct function *function;
	const char *prefix; /* "Init", "" or "End" */
	struct mailscanner_message *message;
	struct mailscanner_batch *batch;
	bool missing; /* there is no such function */
	bool cant_tell;
};

static bool
begins_or_ends(lua_State *state, int globals, const char *name)
{
	static const char *const prefixes[] = { "Init", "End" };
	bool found = false;

	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
		size_t length = strlen(prefixes[i]);

		if (strncmp(name, prefixes[i], length) != 0 || name[length] == '\0')
			continue;
		found = found || lua_getfield(state, globals, name + length) == LUA_TFUNCTION;
		lua_settop(state, globals);
	}
	return found;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Remembers whose globals they are, and tells the program in the order of the names. */
static void
report_functions(lua_State *state, int globals, const struct loading *loading)
{
	const char **names = lua_newuserdatauv(state, FUNCTIONS_MAX * sizeof *names, 0);
	size_t count = 0;

	lua_pushnil(state);
	while (lua_next(state, globals) != 0) {
		if (lua_type(state, -2) == LUA_TSTRING && lua_isfunction(state, -1) &&
		    count < FUNCTIONS_MAX)
			names[count++] = lua_tostring(state, -2);
		lua_pop(state, 1);
	}
	qsort(names, count, sizeof *names, by_name);
	lua_pushvalue(state, globals);
	globals = lua_gettop(state);
	for (size_t i = 0; i < count; i++) {
		if (begins_or_ends(state, globals, names[i]))
			continue;
		lua_rawgetp(state, LUA_REGISTRYINDEX, &environments);
		lua_pushvalue(state, globals);
		lua_setfield(state, -2, names[i]);
		lua_settop(state, globals);
		loading->found(loading->data, names[i]);
	}
}

/* The globals of a file: its own, and behind them those that there are for all. */
static void
push_globals(lua_State *state)
{
	lua_newtable(state);
	lua_createtable(state, 0, 1);
	lua_pushglobaltable(state);
	lua_setfield(state, -2, "__index");
	lua_setmetatable(state, -2);
}

static int
load_file(lua_State *state)
{
	const struct loading *loading = lua_touserdata(state, 1);

	push_globals(state);
	int globals = lua_gettop(state);
	/* Text only: a compiled chunk could do anything. */
	if (luaL_loadfilex(state, loading->path, "t") != LUA_OK)
		return lua_error(state);
	lua_pushvalue(state, globals);
	lua_setupvalue(state, -2, 1);
	lua_call(state, 0, 0);
	report_functions(state, globals, loading);
	return 0;
}

static int
open_environments(lua_State *state)
{
	lua_newtable(state);
	lua_rawsetp(state, LUA_REGISTRYINDEX, &environments);
	return 0;
}

static const char *
start(const struct mailscanner_host *host)
{
	const char *fault = guard_open(host);

	return fault != NULL ? fault : guard_call(open_environments, NULL);
}

static const char *
load(const char *path, void (*found)(void *data, const char *name), void *data)
{
	struct loading loading = { path, found, data };

	return guard_call(load_file, &loading);
}

static char *
copy(const char *text)
{
	char *copied = strdup(text);

	if (copied == NULL)
		abort();
	return copied;
}

/* The function's value, from the two results on top. */
static void
take_result(lua_State *state, struct call *call)
{
	struct function *function = call->function;

	free(function->text);
	function->text = NULL;
	if (lua_isboolean(state, -2))
		function->text = copy(lua_toboolean(state, -2) ? "yes" : "no");
	else if (!lua_isnil(state, -2) && lua_tostring(state, -2) != NULL)
		function->text = copy(lua_tostring(state, -2));
	else if (!lua_isnil(state, -2))
		luaL_error(state, "%s gave a %s: expected true, false, a text, a number or nil",
		    function->name, luaL_typename(state, -2));
	else if (lua_tostring(state, -1) != NULL) {
		call->cant_tell = true;
		function->text = copy(lua_tostring(state, -1));
	}
}

static int
run(lua_State *state)
{
	struct call *call = lua_touserdata(state, 1);
	bool is_value = *call->prefix == '\0';
	int arguments = 0;

	lua_rawgetp(state, LUA_REGISTRYINDEX, &environments);
	lua_getfield(state, -1, call->function->name);
	lua_pushfstring(state, "%s%s", call->prefix, call->function->name);
	call->missing = lua_rawget(state, -2) != LUA_TFUNCTION;
	if (call->missing)
		return 0;
	if (call->batch != NULL)
		message_push_batch(state, call->batch);
	else if (is_value)
		held_push(state, call->message);
	for (; call->function->arguments[arguments] != NULL; arguments++) {
		luaL_checkstack(state, 1, "too many arguments");
		lua_pushstring(state, call->function->arguments[arguments]);
	}
	lua_call(state, arguments + is_value, 2);
	if (is_value && call->batch == NULL)
		take_result(state, call);
	return 0;
}

static const char *
init(const char *name, const char *const *arguments, void **state)
{
	struct function *function = calloc(1, sizeof *function);
	struct call call = { .function = function, .prefix = "Init" };

	if (function == NULL)
		return "no memory";
	function->name = copy(name);
	function->arguments = arguments;
	const char *fault = guard_call(run, &call);
	*state = function;
	if (fault != NULL) {
		free(function->name);
		free(function);
	}
	return fault;
}

/* The same error is said once, not for each message. */
static void
complain(struct function *function, const char *fault)
{
	if (function->fault != NULL && strcmp(function->fault, fault) == 0)
		return;
	free(function->fault);
	function->fault = copy(fault);
	lua_host->log(MAILSCANNER_ERROR, "custom function %s: %s; the default is used",
	    function->name, fault);
}

static enum mailscanner_answer
value(void *state, struct mailscanner_message *message, const char **text)
{
	struct function *function = state;
	struct call call = { .function = function, .prefix = "", .message = message };
	const char *fault = guard_call(run, &call);

	if (fault != NULL) {
		complain(function, fault);
		return MAILSCANNER_NO_VALUE;
	}
	*text = function->text;
	if (call.cant_tell)
		return MAILSCANNER_CANT_TELL;
	return function->text != NULL ? MAILSCANNER_VALUE : MAILSCANNER_NO_VALUE;
}

static void
batch(void *state, struct mailscanner_batch *of)
{
	struct function *function = state;
	struct call call = { .function = function, .prefix = "", .batch = of };
	const char *fault = guard_call(run, &call);

	if (fault != NULL)
		complain(function, fault);
}

static void
end(void *state)
{
	struct function *function = state;
	struct call call = { .function = function, .prefix = "End" };
	const char *fault = guard_call(run, &call);

	if (fault != NULL)
		lua_host->log(
		    MAILSCANNER_WARNING, "custom function End%s: %s", function->name, fault);
	free(function->name);
	free(function->text);
	free(function->fault);
	free(function);
}

static const char *const endings[] = { ".lua", NULL };

static const struct mailscanner_language lua = {
	.size = sizeof(struct mailscanner_language),
	.name = "Lua",
	.endings = endings,
	.start = start,
	.load = load,
	.init = init,
	.value = value,
	.batch = batch,
	.end = end,
	.stop = guard_close,
};

static const struct mailscanner_language *const languages[] = { &lua, NULL };

const struct mailscanner_plugin mailscanner_plugin = {
	.abi = MAILSCANNER_ABI,
	.size = sizeof(struct mailscanner_plugin),
	.languages = languages,
};
