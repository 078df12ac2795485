/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_PLUGIN_FUNCTIONS_H
#define CORE_PLUGIN_FUNCTIONS_H
/*
 * The life of the custom functions that the configuration in use names: start, look-ups, end, within one process.
 */
#include <glib.h>
#include <stdbool.h>
#include "core/plugin/host.h"
#include "rules/diagnostic.h"
#include "rules/directives.h"
#include "rules/function.h"

#define FUNCTIONS_NAME_SIZE 64

struct functions;

/*
 * Loads plugins and starts each function that a directive names; from now on look-ups ask them. While one runs, its name stands in
 * `running` (FUNCTIONS_NAME_SIZE bytes, cut where it is longer, else ""; may be NULL). What can't be used is added to
 * `diagnostics`, and the directives in question have their defaults. NULL, and nothing is loaded, when no directive names one.
 * The configuration must stay until functions_end().
 */
struct functions *functions_start(char *running, struct diagnostics *diagnostics);

/*
 * Loads plugins and starts the function of this one use, which is the configuration's; the others that it names have their
 * defaults. NULL: it can't start, and `fault` (interned) says why, or there is no such function, and `fault` is NULL.
 */
struct functions *functions_start_one(
    const struct function_use *use, struct diagnostics *diagnostics, const char **fault);
/* Asks a function as a look-up does (a function_ask, rules/function.h). */
enum function_answer functions_ask(struct functions *functions, const struct function_use *use,
    struct subject *subject, const char **text);
/* Is what serves that directive a logger, which has no value? */
bool functions_is_logger(const struct functions *functions, enum directive directive);

/*
 * From a batch's forming to its end: what plugins see as the batch in hand. `functions` NULL is allowed in all of these.
 */
void functions_begin_batch(struct functions *functions, struct batch_view *view);
void functions_end_batch(struct functions *functions);
/* Is there a function or a logger for this directive? */
bool functions_has(const struct functions *functions, enum directive directive);
/* `Always Looked Up Last`, where that names a function or logger. */
void functions_look_last(struct functions *functions, struct subject *subject);
/* `Always Looked Up Last After Batch`, likewise. */
void functions_look_after_batch(struct functions *functions, struct batch_view *view);

/* Look-ups ask no function any more, and each is ended. NULL is allowed. */
void functions_end(struct functions *functions);

#endif
