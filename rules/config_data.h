/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_CONFIG_DATA_H
#define RULES_CONFIG_DATA_H
/*
 * What a loaded configuration consists of: for the modules that answer from it (rules/lookup.c,
 * rules/explain.c, rules/queues.c) and for config.c, which fills it. Nobody changes it later.
 */
#include "rules/config.h"
#include "rules/function.h"
#include "rules/lines.h"
#include "rules/macros.h"
#include "rules/ruleset.h"
#include "rules/table.h"

struct value {
	char *text;    /* the value without a message: plain, or the default of the ruleset */
	gint64 number; /* the same as reduce_number() gives it */
	char *initial; /* the directive's default, macros expanded */
	char *joined;  /* what `text` was before the reduction */
	struct ruleset *ruleset; /* at most one of these: who is asked for the value */
	struct function_use *function;
	const struct line *line; /* that sets it; NULL: none does */
	bool refused;		 /* that line's value can't be used, the default stands in */
};

struct config {
	char *path;	       /* NULL: read from no file */
	GPtrArray *lines;      /* of struct line */
	struct macros *macros; /* as they stand after the last line */
	struct value values[DIRECTIVE_COUNT];
	GHashTable *loaded;   /* of rules/loaded.h, which fills it */
	GHashTable *returned; /* rulesets that functions named so far: rules/returned.c */
};

/* What the rules or the function of a directive say of a subject. */
struct answer {
	GArray *hits; /* of struct rule_hit; may be empty */
	char *joined; /* the values of all hits that count, or the function's; NULL: use the value
			 without a message */
	const struct ruleset *ruleset; /* whose hits these are; NULL: none's */
	char *why; /* it is unknown, or what the function gave can't be used; else NULL */
	bool unknown;
};
/* For a directive with a ruleset or a function only. The caller clears it. */
void lookup_ask(const struct config *config, enum directive directive, struct subject *subject,
    struct answer *answer);
void lookup_clear(struct answer *answer);

/* Queues named by the value of Incoming Queue Dir; see config_incoming_queues(). What is odd about
 * them is reported when `diagnostics` is not NULL. */
GPtrArray *queues_named(
    const struct config *config, struct diagnostics *diagnostics, GError **error);

#endif
