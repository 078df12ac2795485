/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A function may choose among a handful of files, message by message, so each is compiled once. Its values depend on the
 * directive, so that is part of the key. A function that makes names up must not fill the memory.
 */
#include "rules/returned.h"

#include "rules/classify.h"
#include "rules/value.h"

static void
free_ruleset(gpointer data)
{
	ruleset_free(data);
}

GHashTable *
returned_new(void)
{
	return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_ruleset);
}

bool
returned_is_ruleset(const struct table_row *row, const char *text)
{
	return text[0] == '/' && classify(row, text) == SOURCE_RULESET &&
	       g_file_test(text, G_FILE_TEST_IS_REGULAR);
}

const struct ruleset *
returned_ruleset(const struct config *config, const struct table_row *row, const char *path,
    struct diagnostics *diagnostics)
{
	g_autofree char *key = g_strconcat(row->info.id, " ", path, NULL);
	struct ruleset *ruleset;

	if (g_hash_table_lookup_extended(config->returned, key, NULL, (void **)&ruleset))
		return ruleset;
	if (g_hash_table_size(config->returned) >= RETURNED_MAX) {
		diagnostics_add(diagnostics, SEVERITY_WARNING, path, 0, row->info.name,
		    "it is not read: functions have named %d files of rules already", RETURNED_MAX);
		return NULL;
	}
	ruleset = value_load_ruleset(config, row, path, diagnostics);
	/* One that can't be read is not tried again for every message. */
	if (ruleset)
		g_hash_table_insert(config->returned, g_steal_pointer(&key), ruleset);
	return ruleset;
}
