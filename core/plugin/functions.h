/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_PLUGIN_FUNCTIONS_H
#define CORE_PLUGIN_FUNCTIONS_H
/*
 * The life of the custom functions that the configuration in use names: start, look-ups, end, within one process.
 */
#include <glib.h>
#include "rules/diagnostic.h"

#define FUNCTIONS_NAME_SIZE 64

struct functions;

/*
 * Loads plugins and starts each function that a directive names; from now on look-ups ask them. While one runs, its name stands in
 * `running` (FUNCTIONS_NAME_SIZE bytes, cut where it is longer, else ""; may be NULL). What can't be used is added to
 * `diagnostics`, and the directives in question have their defaults. NULL, and nothing is loaded, when no directive names one.
 * The configuration must stay until functions_end().
 */
struct functions *functions_start(char *running, struct diagnostics *diagnostics);
/* Look-ups ask no function any more, and each is ended. NULL is allowed. */
void functions_end(struct functions *functions);

#endif
