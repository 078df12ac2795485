/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_CLASSIFY_H
#define RULES_CLASSIFY_H
/*
 * Whether the text of a value is the value itself or says where values come from.
 */
#include "rules/table.h"

enum source {
	SOURCE_PLAIN,	 /* the text is the value */
	SOURCE_RULESET,	 /* the text names a file of rules, which may be missing */
	SOURCE_FUNCTION, /* &Name or &Name(arguments) */
	SOURCE_SQL,	 /* Name.customise, Name.RuleSet: rules from a database */
};

enum source classify(const struct table_row *row, const char *text);

#endif
