/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether a queue is split is seen from its sub-directories, once: no configuration of the MTA is read.
 */
#include "spool/exim_place.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "spool/error.h"
#include "spool/exim.h"
#include "spool/fd.h"

#define ID_CHOICES 1000

static bool
look_for_subdirectories(struct spool_place *place, GError **error)
{
	autofd fd = openat(place->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *directory = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *item;

	if (directory == NULL)
		return spool_fail(error, SPOOL_ERROR_IO, "list %s", place->path);
	fd_steal(&fd);
	place->layout = PLACE_FLAT;
	while (place->layout == PLACE_FLAT && (item = readdir(directory)) != NULL) {
		struct stat st;

		if (!exim_is_subdirectory(item->d_name))
			continue;
		if (item->d_type == DT_DIR ||
		    (item->d_type == DT_UNKNOWN &&
			fstatat(place->fd, item->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
			S_ISDIR(st.st_mode)))
			place->layout = PLACE_SPLIT;
	}
	closedir(directory);
	return true;
}

struct spool_place *
exim_place_of(struct spool_place *to, enum spool_layout layout, const char *id,
    const struct spool_place *like, GError **error)
{
	bool split = layout == SPOOL_SPLIT;
	char name[2];

	if (layout == SPOOL_DETECT) {
		if (to->layout == PLACE_UNKNOWN && !look_for_subdirectories(to, error))
			return NULL;
		split = to->layout == PLACE_SPLIT;
	}
	exim_subdirectory(id, name);
	return split ? spool_place_child(to, name, like, error) : to;
}

bool
exim_place_is_free(const struct spool_place *place, const char *name)
{
	struct stat st;

	return fstatat(place->fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0 && errno == ENOENT;
}

static bool
are_free(const struct spool_place *place, const char *id)
{
	static const char *const endings[] = { "-D-T", "-D", "-H" };
	char name[EXIM_NAME_MAX + 3];

	for (size_t i = 0; i < G_N_ELEMENTS(endings); i++) {
		g_snprintf(name, sizeof name, "%s%s", id, endings[i]);
		if (!exim_place_is_free(place, name))
			return false;
	}
	return true;
}

/* Another message in this process may have chosen an id in the same tick; its temporary file is
 * there then. */
struct spool_place *
exim_place_for_new(struct spool_place *to, enum spool_layout layout, const char *like_id,
    const struct spool_place *like, char id[EXIM_ID_MAX + 1], GError **error)
{
	gint64 now = g_get_real_time();

	for (unsigned n = 0; n < ID_CHOICES; n++) {
		exim_id_make(id, like_id, now, getpid(), n);
		struct spool_place *place = exim_place_of(to, layout, id, like, error);

		if (place == NULL || are_free(place, id))
			return place;
	}
	errno = 0;
	spool_fail(error, SPOOL_ERROR_EXISTS, "%s: no free message id found", to->path);
	return NULL;
}
