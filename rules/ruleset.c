/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What can be asked of a ruleset besides a match. The text of a rule is looked for in the file's
 * text when somebody wants to read it, so rules keep nothing but their line.
 */
#include "rules/ruleset.h"

#include <string.h>

#include "rules/ruleset_private.h"
#include "rules/textfile.h"

void
ruleset_free(struct ruleset *set)
{
	if (!set)
		return;
	g_ptr_array_unref(set->values);
	g_ptr_array_unref(set->regexes);
	g_string_chunk_free(set->texts);
	g_array_unref(set->terms);
	g_array_unref(set->parts);
	g_array_unref(set->rules);
	g_array_unref(set->uses);
	g_array_unref(set->tried);
	g_array_unref(set->hosts);
	globset_free(set->globs);
	netset_free(set->networks);
	g_free(set->text);
	g_free(set->path);
	g_free(set);
}

struct rule_hit
ruleset_default(const struct ruleset *set)
{
	struct rule_hit hit = { NULL, set->path, set->default_line };

	if (set->default_value >= 0)
		hit.value = g_ptr_array_index(set->values, set->default_value);
	return hit;
}

char *
ruleset_rule_text(const struct ruleset *set, unsigned line)
{
	struct slice rest = { set->text, set->length }, text;

	while (textfile_line(&rest, &text)) {
		if (--line == 0) {
			slice_strip(&text);
			return g_strndup(text.text, text.length);
		}
	}
	return NULL;
}

const char *
ruleset_path(const struct ruleset *set)
{
	return set->path;
}

GPtrArray *
ruleset_values(const struct ruleset *set)
{
	GPtrArray *values = g_ptr_array_sized_new(set->values->len);

	for (unsigned i = 0; i < set->values->len; i++)
		g_ptr_array_add(values, g_ptr_array_index(set->values, i));
	return values;
}

unsigned
ruleset_line_of(const struct ruleset *set, const char *value)
{
	for (uint32_t i = 0; i < set->count; i++) {
		const struct rule *rule = ruleset_rule(set, i);

		if (g_ptr_array_index(set->values, rule->value) == value)
			return rule->line;
	}
	return set->default_line;
}

unsigned
ruleset_rules(const struct ruleset *set)
{
	return set->count;
}
