/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which files rules and functions name can't be known when a configuration is loaded, and reading hundreds that nobody needs
 * would make a start slow. So the configuration holds a table that fills. It is no part of what the configuration says: that
 * stays as it was loaded.
 */
#include "rules/loaded.h"

#include "rules/config_data.h"

struct loaded {
	void *data;
	GDestroyNotify destroy;
};

static void
loaded_free(void *data)
{
	struct loaded *loaded = data;

	if (loaded->data != NULL)
		loaded->destroy(loaded->data);
	g_free(loaded);
}

GHashTable *
loaded_table_new(void)
{
	return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, loaded_free);
}

void *
loaded_file(const struct config *config, const char *kind, const char *path,
    void *(*load)(const struct config *config, const char *path), GDestroyNotify destroy)
{
	g_autofree char *key = g_strconcat(kind, ":", path, NULL);
	struct loaded *loaded = g_hash_table_lookup(config->loaded, key);

	if (loaded == NULL) {
		loaded = g_new(struct loaded, 1);
		*loaded = (struct loaded){ load(config, path), destroy };
		g_hash_table_insert(config->loaded, g_steal_pointer(&key), loaded);
	}
	return loaded->data;
}
