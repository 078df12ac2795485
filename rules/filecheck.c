/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * File rules are read, and the expressions of lists compiled, when a message's files are looked at. What is wrong with them
 * should be known before: this goes through every value that a directive or one of its rules gives, says what it finds, and forgets it.
 */
#include "rules/config_data.h"
#include "rules/filerules.h"

static const enum directive named_files[] = {
	DIRECTIVE_filename_rules,
	DIRECTIVE_filetype_rules,
	DIRECTIVE_archives_filename_rules,
	DIRECTIVE_archives_filetype_rules,
};

static const enum directive lists[] = {
	DIRECTIVE_allow_filenames,
	DIRECTIVE_deny_filenames,
	DIRECTIVE_allow_filetypes,
	DIRECTIVE_deny_filetypes,
	DIRECTIVE_allow_file_mime_types,
	DIRECTIVE_deny_file_mime_types,
	DIRECTIVE_archives_allow_filenames,
	DIRECTIVE_archives_deny_filenames,
	DIRECTIVE_archives_allow_filetypes,
	DIRECTIVE_archives_deny_filetypes,
	DIRECTIVE_archives_allow_file_mime_types,
	DIRECTIVE_archives_deny_file_mime_types,
};

/* Where a value stands, and what is being done. */
struct check {
	enum directive directive;
	const char *file;
	unsigned line;
	bool (*is_fact)(const char *word);
	GHashTable *seen; /* files that were read */
	struct diagnostics *diagnostics;
};

/* Each check_ function looks at one word of a value. */
static void
check_file(const struct check *check, const char *path)
{
	if (g_hash_table_add(check->seen, g_strdup(path)))
		filerules_free(filerules_load(path, check->is_fact, check->diagnostics));
}

static void
check_expression(const struct check *check, const char *expression)
{
	g_autoptr(GError) error = NULL;
	struct regex *regex = regex_new(expression, FILE_EXPRESSION, &error);

	if (regex == NULL)
		diagnostics_add(check->diagnostics, SEVERITY_ERROR, check->file, check->line,
		    table_row(check->directive)->info.name,
		    "the expression %s is wrong and left out: %s", expression, error->message);
	regex_free(regex);
}

static void
check_words(const struct check *check, const char *value,
    void (*check_word)(const struct check *check, const char *word))
{
	g_auto(GStrv) words = g_strsplit_set(value, " \t", -1);

	for (char **word = words; *word != NULL; word++) {
		if (**word != '\0')
			check_word(check, *word);
	}
}

static void
check_directive(const struct config *config, struct check *check,
    void (*check_word)(const struct check *check, const char *word))
{
	const struct value *value = &config->values[check->directive];

	if (value->ruleset == NULL || ruleset_default(value->ruleset).value == NULL) {
		check->line = config_line_of(config, check->directive, &check->file);
		check_words(check, value->text, check_word);
	}
	if (value->ruleset == NULL)
		return;
	g_autoptr(GPtrArray) values = ruleset_values(value->ruleset);
	check->file = ruleset_path(value->ruleset);
	for (unsigned i = 0; i < values->len; i++) {
		check->line = ruleset_line_of(value->ruleset, g_ptr_array_index(values, i));
		check_words(check, g_ptr_array_index(values, i), check_word);
	}
}

void
config_check_file_rules(
    const struct config *config, bool (*is_fact)(const char *word), struct diagnostics *diagnostics)
{
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	struct check check = { .is_fact = is_fact, .seen = seen, .diagnostics = diagnostics };

	for (size_t i = 0; i < G_N_ELEMENTS(named_files); i++) {
		check.directive = named_files[i];
		check_directive(config, &check, check_file);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
		check.directive = lists[i];
		check_directive(config, &check, check_expression);
	}
}
