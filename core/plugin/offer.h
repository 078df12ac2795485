/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_PLUGIN_OFFER_H
#define CORE_PLUGIN_OFFER_H
/*
 * One thing that a plugin brings, and how it is called, whichever kind it is.
 */
#include <stdbool.h>
#include "core/plugin/host.h"
#include "plugins/mailscanner.h"
#include "rules/function.h"

/* One thing that a file brings. Exactly one of function, logger and language is set, but for what `is_language` says. */
struct offer {
	char *name;
	char *path;	  /* of the file */
	bool is_language; /* the language itself, not a function in it */
	bool shipped;	  /* from `Plugin Dir` */
	bool refused;	  /* several files have one of that name, so none is used */
	const struct mailscanner_function *function;
	const struct mailscanner_logger *logger;
	const struct mailscanner_language *language;
};

void offer_free(void *offer);
/* "function", "logger", "language". */
const char *offer_kind(const struct offer *offer);

/* NULL when it can serve the directive, else why not. */
const char *offer_misfit(const struct offer *offer, enum directive directive);
/* Start, look-up and end of a use, whose `state` is the offer's own. NULL, or why it can't start. */
const char *offer_start(const struct offer *offer, const struct function_use *use, void **state);
enum function_answer offer_ask(
    const struct offer *offer, void *state, struct subject *subject, const char **text);
void offer_end(const struct offer *offer, void *state);
/* When a message has left, and after its batch; a value is ignored. */
void offer_look_last(const struct offer *offer, void *state, struct subject *subject);
void offer_look_after_batch(const struct offer *offer, void *state, struct batch_view *view);

#endif
