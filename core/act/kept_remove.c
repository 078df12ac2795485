/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An entry first gets a name that is nobody's message, in one step, so that a crash can't leave a part of it that looks like a message
 * of which only files were kept. Then its files go one by one.
 */
#include "core/act/kept_remove.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/act/keep.h"
#include "core/act/kept_tree.h"
#include "spool/durable.h"
#include "spool/fd.h"

/* Directories in directories; ours have none. */
#define DEPTH_MAX 16

static bool
fail(const char *verb, const char *path, GError **error)
{
	g_set_error(
	    error, KEPT_ERROR, KEPT_ERROR_SYSTEM, "%s %s: %s", verb, path, g_strerror(errno));
	return false;
}

/* Removes a file, or a directory with all that is in it. False with errno set. */
static bool
remove_all(int parent, const char *name, unsigned depth)
{
	if (unlinkat(parent, name, 0) == 0 || errno == ENOENT)
		return true;
	if ((errno != EISDIR && errno != EPERM) || depth > DEPTH_MAX)
		return false;
	autofd directory = kept_open_directory(parent, name);
	if (directory < 0)
		return false;
	g_autoptr(GPtrArray) names = kept_names(directory);
	for (unsigned i = 0; i < names->len; i++) {
		if (!remove_all(directory, g_ptr_array_index(names, i), depth + 1))
			return false;
	}
	return unlinkat(parent, name, AT_REMOVEDIR) == 0 || errno == ENOENT;
}

/* The notes of a release of an entry that is one file lie beside it. */
static void
remove_notes(int directory, const char *name)
{
	g_autofree char *prefix = g_strdup_printf(".%s.released", name);
	g_autoptr(GPtrArray) names = kept_names(directory);

	for (unsigned i = 0; i < names->len; i++) {
		if (g_str_has_prefix(g_ptr_array_index(names, i), prefix))
			unlinkat(directory, g_ptr_array_index(names, i), 0);
	}
}

/* `directory` is the one in which the entry has its name. */
static bool
remove_entry(const struct kept *kept, int directory, const char *name, bool file, GError **error)
{
	g_autofree char *doomed =
	    g_strdup_printf(KEPT_DOOMED_PREFIX "%08x%08x", g_random_int(), g_random_int());

	if (renameat(directory, name, directory, doomed) != 0)
		return errno == ENOENT || fail("remove", kept->path, error);
	if (!durable_sync_directory(directory))
		return fail("sync the directory of", kept->path, error);
	if (file)
		remove_notes(directory, name);
	return remove_all(directory, doomed, 0) || fail("remove", kept->path, error);
}

/* A worker may be about to put something into today's. */
static bool
is_today(const char *day)
{
	g_autofree char *today = keep_day();

	return strcmp(day, today) == 0;
}

/* Directories of days and kinds go with the last of what was in them. */
static void
remove_if_empty(const struct kept *kept)
{
	g_autofree char *above = g_path_get_dirname(kept->path);

	if (is_today(kept->day))
		return;
	while (strlen(above) > strlen(kept->root) && rmdir(above) == 0) {
		char *next = g_path_get_dirname(above);

		g_free(above);
		above = next;
	}
}

static bool
open_above(const struct kept *kept, struct kept_location *location, int *directory, GError **error)
{
	g_autofree char *above = g_path_get_dirname(kept->path);
	const struct kept upper = { .root = kept->root, .path = above };

	/* It is looked at first, so that a link in its way is found. */
	if (!kept_locate(kept, location, error))
		return false;
	bool file = location->file != NULL;

	if (!file) {
		kept_location_clear(location);
		if (!kept_locate(&upper, location, error))
			return false;
	}
	*directory = location->place->fd;
	return true;
}

bool
kept_remove(const struct kept *kept, GError **error)
{
	struct kept_location location;
	g_autoptr(GError) why = NULL;
	g_autofree char *name = g_path_get_basename(kept->path);
	int directory = -1;
	bool removed = open_above(kept, &location, &directory, &why);

	if (removed)
		removed = remove_entry(kept, directory, name, location.file != NULL, error);
	else if (g_error_matches(why, KEPT_ERROR, KEPT_ERROR_GONE))
		removed = true;
	else
		g_propagate_error(error, g_steal_pointer(&why));
	kept_location_clear(&location);
	if (removed)
		remove_if_empty(kept);
	return removed;
}

/* `kind`: the directory of one, not of a day. */
static void
sweep(int parent, const char *name, const char *day, bool kind)
{
	autofd directory = kept_open_directory(parent, name);

	if (directory < 0)
		return;
	g_autoptr(GPtrArray) names = kept_names(directory);
	for (unsigned i = 0; i < names->len; i++) {
		const char *inner = g_ptr_array_index(names, i);

		if (g_str_has_prefix(inner, KEPT_DOOMED_PREFIX))
			remove_all(directory, inner, 0);
		else if (!kind && kept_is_kind(inner))
			sweep(directory, inner, day, true);
	}
	/* That goes through only where nothing is left. */
	if (!is_today(day))
		unlinkat(parent, name, AT_REMOVEDIR);
}

void
kept_sweep(const char *root)
{
	autofd top = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (top < 0)
		return;
	g_autoptr(GPtrArray) days = kept_names(top);
	for (unsigned i = 0; i < days->len; i++) {
		const char *day = g_ptr_array_index(days, i);

		if (kept_is_day(day))
			sweep(top, day, day, false);
	}
}
