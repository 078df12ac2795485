/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PLUGINS_LUA_GUARD_H
#define PLUGINS_LUA_GUARD_H
/*
 * The one Lua state of this process, and what it may use of time, memory and libraries.
 */
#include <lua.h>
#include <stdbool.h>
#include <stddef.h>
#include "plugins/mailscanner.h"

/* The program's table; set by guard_open(). */
extern const struct mailscanner_host *lua_host;

/* Opens the state with the libraries that `Lua Libraries` allows. NULL, or why it can't be. */
const char *guard_open(const struct mailscanner_host *host);
void guard_close(void);

/*
 * Calls `function` with the light userdata `data` as its one argument, protected: nothing in it can end the process, be it an
 * error or a lack of memory. Where nothing else is running already it must end within `Custom Function Timeout`. NULL, or the
 * error as text, with file and line where the script is at fault; good until the next call.
 */
const char *guard_call(lua_CFunction function, void *data);

#endif
