/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ACT_KEPT_TREE_H
#define CORE_ACT_KEPT_TREE_H
/*
 * The quarantine's directories, read.
 */
#include "core/act/kept.h"

/* A place where an entry lies; `changed` is when its directory last did (nanoseconds). */
struct kept_place {
	char *path, *day, *id;
	const char *kind; /* a string constant */
	int64_t changed;
};

/* All of them: of struct kept_place, the caller's. What can't be read is left out. NULL when there is no such directory. */
GPtrArray *kept_places(const char *root, GError **error);

/* Reads what is known of one. The caller's. */
struct kept *kept_read(const struct kept_place *place);

#endif
