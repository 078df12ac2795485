/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PLUGINS_LUA_LIBRARY_H
#define PLUGINS_LUA_LIBRARY_H
/*
 * The global table `mailscanner` that scripts have:
 *
 *	mailscanner.info(format, ...)           a line for the log, as string.format; a text alone is no format.
 *	mailscanner.log, .notice, .warn, .error the same with other weights (log is info); print is info too
 *	mailscanner.value(name [, message])     a directive's value in the words of the configuration file, nil: no such directive
 *	mailscanner.explain(name [, message])   why it has that value, for people; nil: no such directive
 *	mailscanner.language(key [, message])   a text for people in the language of the site; the key: nobody knows it
 *	mailscanner.ruleset(message, name, path) what a file of rules says, as if the directive named it; nil: nothing
 *	mailscanner.macro(name)                 of the configuration, "%org-name%"; nil: not defined
 *	mailscanner.time()                      seconds since the epoch, with a fraction
 *	mailscanner.store.get(name)             texts that all workers share
 *	mailscanner.store.set(name, text [, seconds])   nil removes
 *	mailscanner.store.add(name, number [, seconds]) gives the sum
 */
#include <lua.h>

void library_open(lua_State *state);

/* Pushes what the JSON text says: tables, texts, numbers, booleans; null is nil. */
void library_push_json(lua_State *state, const char *json);

#endif
