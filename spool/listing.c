/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The directory is opened once more, because a place's own descriptor is shared and so is its
 * position. All names are taken before anything is done with them: what is done renames and
 * removes.
 */
#include "spool/listing.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include "spool/error.h"
#include "spool/fd.h"

static bool
has_suffix(const char *name, const char *const *suffixes)
{
	for (; *suffixes != NULL; suffixes++) {
		if (g_str_has_suffix(name, *suffixes))
			return true;
	}
	return false;
}

GPtrArray *
listing_of(struct spool_place *place, const char *const *suffixes, GError **error)
{
	autofd fd = TEMP_FAILURE_RETRY(openat(place->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	DIR *directory = fd < 0 ? NULL : fdopendir(fd);

	if (directory == NULL) {
		spool_fail(error, SPOOL_ERROR_IO, "read %s", place->path);
		return NULL;
	}
	fd_steal(&fd);
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	struct dirent *entry;

	while (errno = 0, (entry = readdir(directory)) != NULL) {
		if (has_suffix(entry->d_name, suffixes))
			g_ptr_array_add(names, g_strdup(entry->d_name));
	}
	bool whole = errno == 0 || spool_fail(error, SPOOL_ERROR_IO, "read %s", place->path);

	closedir(directory);
	return whole ? g_steal_pointer(&names) : NULL;
}
