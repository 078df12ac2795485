/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_LOADED_H
#define RULES_LOADED_H
/*
 * Files that values name, read when they are first asked for and kept as long as the configuration lives.
 */
#include <glib.h>

struct config;

/* What a configuration keeps them in; an empty one, the caller's. */
GHashTable *loaded_table_new(void);

/*
 * What `load` made of the file, the first time and ever after; borrowed. `kind` tells apart what is made of the same path by
 * different modules. NULL where `load` gives NULL, which is remembered too: a file that appears later waits for a reload.
 */
void *loaded_file(const struct config *config, const char *kind, const char *path,
    void *(*load)(const struct config *config, const char *path), GDestroyNotify destroy);

#endif
