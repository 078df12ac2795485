/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ACT_KEPT_TREE_H
#define CORE_ACT_KEPT_TREE_H
/*
 * The quarantine's directories, read. Names that begin with a dot are nobody's message.
 */
#include "core/act/kept.h"

/* A place where an entry lies; `changed` is when its directory last did (nanoseconds). */
struct kept_place {
	char *root, *path, *day, *id;
	const char *kind; /* a string constant */
	int64_t changed;
};

/* All of them: of struct kept_place, the caller's. What can't be read is left out. NULL when there is no such directory. */
GPtrArray *kept_places(const char *root, GError **error);

/* Reads what is known of one. The caller's. */
struct kept *kept_read(const struct kept_place *place);

/* Where the files of an entry are. */
struct kept_location {
	struct spool_place *place; /* its directory, or that of its file */
	char *file;		   /* its name there, where it is kept as one file; else NULL */
};

/*
 * Finds an entry's directory, step by step from the top of the quarantine. GONE: it is not there any more. REFUSED: its path does not
 * lead below the quarantine, or over a symbolic link. SYSTEM.
 */
bool kept_locate(const struct kept *kept, struct kept_location *location,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;
void kept_location_clear(struct kept_location *location);

/* Names in an open directory but for "." and "..", unsorted. The caller's. */
GPtrArray *kept_names(int directory);

/* Opens a directory in another, never over a symbolic link. -1 with errno set. */
int kept_open_directory(int parent, const char *name);

/* Can this be the name of the directory of a day; of what is kept by its kind? */
bool kept_is_day(const char *name);
bool kept_is_kind(const char *name);

/* How the names of entries begin that are being removed. */
#define KEPT_DOOMED_PREFIX ".deleted-"

#endif
