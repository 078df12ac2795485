/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Nothing in the text says that it names a ruleset; it is told from what the kind of the directive
 * could mean otherwise. A number never begins like a path, a yes never with a slash, a free text
 * may, so there the name has to end in "rules".
 */
#include "rules/classify.h"

#include <string.h>

static bool
ends_in_rules(const char *word)
{
	size_t length = strlen(word);

	if (g_str_has_suffix(word, "s"))
		length--;
	return word[0] == '/' && length > 4 && strncmp(word + length - 3, "ule", 3) == 0 &&
	       (word[length - 4] == 'r' || word[length - 4] == 'R');
}

static bool
names_sql(const char *word)
{
	return g_str_has_suffix(word, ".customise") || g_str_has_suffix(word, ".customize") ||
	       g_str_has_suffix(word, ".RuleSet");
}

/* `first`: the first word of the text; `alone`: it is the only one. */
static bool
names_ruleset(const struct table_row *row, const char *text, const char *first, bool alone)
{
	switch (row->kind) {
	case KIND_yesno:
	case KIND_enum:
		return text[0] == '/' && !g_str_has_suffix(text, "txt") &&
		       !g_str_has_suffix(text, "html");
	case KIND_number:
		return strchr("0123456789._-", text[0]) == NULL;
	case KIND_file:
	case KIND_path:
	case KIND_command:
		return ends_in_rules(first);
	case KIND_dir:
		return g_file_test(text, G_FILE_TEST_IS_REGULAR);
	case KIND_loose:
	case KIND_mode:
	case KIND_string:
		return ends_in_rules(text) && (alone || g_file_test(text, G_FILE_TEST_IS_REGULAR));
	}
	return false;
}

enum source
classify(const struct table_row *row, const char *text)
{
	size_t length = strcspn(text, " \t\r\n\f");
	g_autofree char *first = g_strndup(text, length);
	bool alone = text[length] == '\0';

	if (text[0] == '&')
		return SOURCE_FUNCTION;
	if (alone && names_sql(text))
		return SOURCE_SQL;
	if (text[0] && strcmp(row->info.id, "incoming_queue_dir") != 0 &&
	    names_ruleset(row, text, first, alone))
		return SOURCE_RULESET;
	return SOURCE_PLAIN;
}
