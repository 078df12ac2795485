/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_VALUE_H
#define RULES_VALUE_H
/*
 * From what a line says of a directive to its value, ruleset or default, while a configuration is
 * loaded.
 */
#include "rules/config_data.h"

/*
 * Settles the directive. `line` is the one that sets it and `text` what it says, expanded; both NULL
 * when none does. What can't be used is reported, and the default taken. The directives `Profile`
 * and `Use Default Rules With Multiple Recipients` must be settled first, in this order.
 */
void value_settle(struct config *config, enum directive directive, const struct line *line,
    const char *text, struct diagnostics *diagnostics);
void value_clear(struct value *value);

/* The ruleset in a file for the directive; NULL when it can't be read. The caller's. */
struct ruleset *value_load_ruleset(const struct config *config, const struct table_row *row,
    const char *path, struct diagnostics *diagnostics);

/* White space as it is when the values of rules are joined: one blank. The caller's. */
char *value_squeeze(const char *text);

/* Expands a text of `file`, and reports macros that are not defined. The caller's. */
char *value_expand(const struct config *config, const struct table_row *row, const char *text,
    const char *file, unsigned line, struct diagnostics *diagnostics);

#endif
