/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_PLUGIN_PLUGINS_H
#define CORE_PLUGIN_PLUGINS_H
/*
 * Shared objects of `Plugin Dir` and `Custom Functions Dir`, and the functions that they bring (plugins/mailscanner.h).
 */
#include "plugins/mailscanner.h"
#include "rules/diagnostic.h"

struct plugins;

/*
 * Loads them all into this process. What can't be used is added to `diagnostics`, with its file; so are files of languages
 * that nothing here runs, as something to know. Nothing is called but what the objects themselves run when they are loaded.
 */
struct plugins *plugins_load(struct diagnostics *diagnostics);
/* The objects stay in memory: a library that came with one may have left threads or exit handlers. */
void plugins_free(struct plugins *plugins);

/* By name; NULL: there is none, or several files have one of that name. */
const struct mailscanner_function *plugins_function(
    const struct plugins *plugins, const char *name);

/* The directories, for people: "/a and /b". The caller's. */
char *plugins_places(void);

#endif
