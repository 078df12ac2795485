/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef T_UNIT_RULES_H
#define T_UNIT_RULES_H
/*
 * What tests of rulesets share.
 */
#include <string.h>

#include "rules/ruleset.h"

/* "sender recipient,recipient client"; "-" stands for the empty text or list. */
static inline struct subject *
rules_subject(const char *envelope)
{
	g_auto(GStrv) words = g_strsplit(envelope, " ", -1);
	unsigned count = g_strv_length(words);
	const char *sender = count > 0 && strcmp(words[0], "-") != 0 ? words[0] : "";
	g_auto(GStrv) recipients =
	    g_strsplit(count > 1 && strcmp(words[1], "-") != 0 ? words[1] : "", ",", -1);

	return subject_new(sender, (const char *const *)recipients, count > 2 ? words[2] : NULL);
}

/* The values that match, joined by blanks; NULL for none, "?" for can't tell. The caller's. */
static inline char *
rules_answer(const struct ruleset *set, struct subject *subject)
{
	g_autoptr(GArray) hits = g_array_new(FALSE, FALSE, sizeof(struct rule_hit));
	GString *values = g_string_new(NULL);
	enum rule_answer answer = ruleset_match(set, subject, hits);

	for (unsigned i = 0; i < hits->len; i++)
		g_string_append_printf(values, "%s%s", i > 0 ? " " : "",
		    g_array_index(hits, struct rule_hit, i).value);
	g_assert_cmpint(answer == RULES_HIT, ==, hits->len > 0);
	if (answer == RULES_HIT)
		return g_string_free(values, FALSE);
	g_string_free(values, TRUE);
	return answer == RULES_UNKNOWN ? g_strdup("?") : NULL;
}

#endif
