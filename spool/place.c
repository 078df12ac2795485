/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two directories take a rename between them only when they are on one file system *and* reached
 * through one mount: a bind mount of the same device refuses it (EXDEV). So a place remembers both,
 * asked for once when it is opened.
 *
 * A sub-directory of a split queue is a place of its own that its parent keeps: opened at its first
 * use, 62 of them at most.
 */
#include "spool/place.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include "spool/error.h"

#define OPEN_DIRECTORY (O_RDONLY | O_DIRECTORY | O_CLOEXEC)

struct spool_places {
	GHashTable *by_path; /* char * -> struct spool_place *, both ours */
};

/* `fd` may be the -1 of a failed open. */
struct spool_place *
spool_place_take(const char *path, int fd, GError **error)
{
	struct statx st;

	if (fd < 0) {
		spool_fail(error, SPOOL_ERROR_IO, "open %s", path);
		return NULL;
	}
	if (statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_MNT_ID, &st) != 0) {
		spool_fail(error, SPOOL_ERROR_IO, "examine %s", path);
		close(fd);
		return NULL;
	}

	struct spool_place *place = g_new0(struct spool_place, 1);

	place->path = g_strdup(path);
	place->fd = fd;
	place->device = makedev(st.stx_dev_major, st.stx_dev_minor);
	place->inode = st.stx_ino;
	place->mount = (st.stx_mask & STATX_MNT_ID) != 0 ? st.stx_mnt_id : 0;
	place->owner = st.stx_uid;
	place->group = st.stx_gid;
	place->users = 1;
	return place;
}

struct spool_place *
spool_place_open(const char *path, GError **error)
{
	return spool_place_take(path, open(path, OPEN_DIRECTORY), error);
}

struct spool_place *
spool_place_ref(struct spool_place *place)
{
	place->users++;
	return place;
}

static void
unref_place(void *place)
{
	spool_place_unref(place);
}

void
spool_place_unref(struct spool_place *place)
{
	if (place == NULL || --place->users > 0)
		return;
	if (place->children != NULL)
		g_hash_table_unref(place->children);
	close(place->fd);
	g_free(place->path);
	g_free(place);
}

bool
spool_place_same_file_system(const struct spool_place *a, const struct spool_place *b)
{
	return a->device == b->device && a->mount == b->mount;
}

/* Makes the sub-directory with the owner and group of `like`. One that is there already is fine. */
static bool
make_child(
    struct spool_place *place, const char *name, const struct spool_place *like, GError **error)
{
	if (mkdirat(place->fd, name, 0750) != 0) {
		if (errno == EEXIST)
			return true;
		return spool_fail(error, SPOOL_ERROR_IO, "make directory %s/%s", place->path, name);
	}
	if ((like->owner != geteuid() || like->group != getegid()) &&
	    fchownat(place->fd, name, like->owner, like->group, AT_SYMLINK_NOFOLLOW) != 0 &&
	    errno != EPERM)
		return spool_fail(
		    error, SPOOL_ERROR_IO, "change the owner of %s/%s", place->path, name);
	if (fsync(place->fd) != 0)
		return spool_fail(error, SPOOL_ERROR_IO, "sync %s", place->path);
	return true;
}

struct spool_place *
spool_place_child(
    struct spool_place *place, const char *name, const struct spool_place *like, GError **error)
{
	struct spool_place *child =
	    place->children != NULL ? g_hash_table_lookup(place->children, name) : NULL;

	if (child != NULL)
		return child;

	g_autofree char *path = g_strdup_printf("%s/%s", place->path, name);
	int fd = openat(place->fd, name, OPEN_DIRECTORY | O_NOFOLLOW);

	if (fd < 0 && errno == ENOENT && like != NULL) {
		if (!make_child(place, name, like, error))
			return NULL;
		fd = openat(place->fd, name, OPEN_DIRECTORY | O_NOFOLLOW);
	}
	child = spool_place_take(path, fd, error);
	if (child == NULL)
		return NULL;
	if (place->children == NULL)
		place->children =
		    g_hash_table_new_full(g_str_hash, g_str_equal, g_free, unref_place);
	g_hash_table_insert(place->children, g_strdup(name), child);
	return child;
}

struct spool_places *
spool_places_new(void)
{
	struct spool_places *places = g_new0(struct spool_places, 1);

	places->by_path = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, unref_place);
	return places;
}

void
spool_places_free(struct spool_places *places)
{
	if (places == NULL)
		return;
	g_hash_table_unref(places->by_path);
	g_free(places);
}

struct spool_place *
spool_places_get(struct spool_places *places, const char *path, GError **error)
{
	struct spool_place *place = g_hash_table_lookup(places->by_path, path);

	if (place != NULL)
		return place;
	place = spool_place_open(path, error);
	if (place != NULL)
		g_hash_table_insert(places->by_path, g_strdup(path), place);
	return place;
}

static bool is_elsewhere(const struct spool_place *place);

static gboolean
place_is_elsewhere(gpointer path, gpointer place, gpointer unused)
{
	(void)path;
	(void)unused;
	return is_elsewhere(place);
}

static bool
is_elsewhere(const struct spool_place *place)
{
	struct stat st;

	if (stat(place->path, &st) != 0 || st.st_ino != place->inode || st.st_dev != place->device)
		return true;
	return place->children != NULL &&
	       g_hash_table_find(place->children, place_is_elsewhere, NULL) != NULL;
}

void
spool_places_refresh(struct spool_places *places)
{
	g_hash_table_foreach_remove(places->by_path, place_is_elsewhere, NULL);
}
