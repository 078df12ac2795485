/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_PLUGIN_PLUGINS_H
#define CORE_PLUGIN_PLUGINS_H
/*
 * What `Plugin Dir` and `Custom Functions Dir` hold: shared objects (plugins/mailscanner.h), and files of the languages that
 * these bring.
 */
#include <glib.h>
#include <stdbool.h>
#include "core/plugin/offer.h"
#include "rules/diagnostic.h"

struct plugins;

/*
 * Loads them all into this process, and starts the languages of which there are files. What can't be used is added to
 * `diagnostics`, with its file.
 */
struct plugins *plugins_load(struct diagnostics *diagnostics);
/* Stops the languages. The objects stay in memory: a library that came with one may have left threads or exit handlers. */
void plugins_free(struct plugins *plugins);

/* A function or logger by name; NULL: there is none, or it is refused. */
const struct offer *plugins_find(const struct plugins *plugins, const char *name);
/* Everything, in the order in which it was found: of const struct offer *, borrowed. */
const GPtrArray *plugins_offers(const struct plugins *plugins);
/* The directories, for people: "/a and /b". The caller's. */
char *plugins_places(void);

#endif
