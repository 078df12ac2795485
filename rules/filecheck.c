/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * File rules are read when a message's files are looked at. What is wrong with them should be known before: this
 * reads every file that a directive or one of its rules names, says what it finds, and forgets it.
 */
#include "rules/config_data.h"
#include "rules/filerules.h"

static const enum directive named_files[] = {
	DIRECTIVE_filename_rules,
	DIRECTIVE_filetype_rules,
	DIRECTIVE_archives_filename_rules,
	DIRECTIVE_archives_filetype_rules,
};

/* A value is a list of files. */
static void
check_value(const char *value, GHashTable *seen, struct diagnostics *diagnostics)
{
	g_auto(GStrv) words = g_strsplit_set(value, " \t", -1);

	for (char **word = words; *word != NULL; word++) {
		if (**word != '\0' && g_hash_table_add(seen, g_strdup(*word)))
			filerules_free(filerules_load(*word, diagnostics));
	}
}

void
config_check_file_rules(const struct config *config, struct diagnostics *diagnostics)
{
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(named_files); i++) {
		const struct value *value = &config->values[named_files[i]];

		check_value(value->text, seen, diagnostics);
		if (value->ruleset == NULL)
			continue;
		g_autoptr(GPtrArray) values = ruleset_values(value->ruleset);
		for (unsigned j = 0; j < values->len; j++)
			check_value(g_ptr_array_index(values, j), seen, diagnostics);
	}
}
