/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_RETURNED_H
#define RULES_RETURNED_H
/*
 * Rulesets that no line of the configuration names: a function gave the file's name as its value.
 */
#include "rules/config_data.h"

/* How many of them one configuration keeps. */
#define RETURNED_MAX 1000

GHashTable *returned_new(void);

/* Does a function's value name a file of rules? */
bool returned_is_ruleset(const struct table_row *row, const char *text);

/*
 * The ruleset in that file for the directive, read when it is first asked for. NULL when it can't be
 * used. Borrowed from the configuration. What there is to say, each time that it is read, goes to
 * `diagnostics`.
 */
const struct ruleset *returned_ruleset(const struct config *config, const struct table_row *row,
    const char *path, struct diagnostics *diagnostics);

#endif
