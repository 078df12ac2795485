/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is written, and where, before it is settled: core/act/copies_settle.c. No file stays open, so there may be any number. */
#include "core/act/copies.h"

#include <fcntl.h>
#include <unistd.h>

#include "core/act/copies_internal.h"
#include "spool/error.h"
#include "spool/fd.h"

static void
copy_free(void *data)
{
	struct copy *copy = data;

	keepfile_clear(&copy->file);
	g_free(copy->name);
	g_free(copy);
}

static void
place_free(void *data)
{
	struct copy_place *place = data;

	/* The files are removed where they lie. */
	g_ptr_array_unref(place->files);
	fd_close(&place->fd);
	fd_close(&place->parent);
	g_free(place->path);
	g_free(place);
}

static struct copy_place *
find_place(const struct message *message, const char *path)
{
	for (unsigned i = 0; message->copies != NULL && i < message->copies->len; i++) {
		struct copy_place *place = g_ptr_array_index(message->copies, i);

		if (strcmp(place->path, path) == 0)
			return place;
	}
	return NULL;
}

/* Opens the directories of a new place. */
static bool
open_place(
    struct copy_place *place, const char *top, const char *day, const char *id, GError **error)
{
	const struct keepfile_access *access = &place->access;
	autofd above = keepfile_open_path(top, access, error);

	if (above < 0)
		return false;
	autofd middle = keepfile_open_directory(above, day, access, error);
	if (middle < 0 || id == NULL) {
		place->parent = fd_steal(&above);
		place->fd = fd_steal(&middle);
		return place->fd >= 0;
	}
	place->parent = fd_steal(&middle);
	place->fd = keepfile_make_directory(place->parent, id, access, error);
	return place->fd >= 0;
}

struct copy_place *
copies_open(struct message *message, const char *top, const char *day, const char *id,
    const struct keepfile_access *access, GError **error)
{
	g_autofree char *path = g_build_filename(top, day, id, NULL);
	struct copy_place *place = find_place(message, path);

	if (place != NULL)
		return place;
	place = g_new0(struct copy_place, 1);
	place->fd = place->parent = -1;
	place->path = g_steal_pointer(&path);
	place->access = *access;
	place->files = g_ptr_array_new_with_free_func(copy_free);
	if (!open_place(place, top, day, id, error)) {
		place_free(place);
		return NULL;
	}
	if (message->copies == NULL)
		message->copies = g_ptr_array_new_with_free_func(place_free);
	g_ptr_array_add(message->copies, place);
	return place;
}

void
copies_add(struct copy_place *place, struct keepfile *file, const char *name)
{
	struct copy *copy = g_new(struct copy, 1);

	copy->file = *file;
	copy->name = g_strdup(name);
	fd_close(&copy->file.fd);
	file->fd = -1;
	file->temporary[0] = '\0';
	g_ptr_array_add(place->files, copy);
}

static bool
add_queue_file(
    const struct spool_entry *entry, const char *name, struct copy_place *place, GError **error)
{
	struct keepfile file;
	autofd source = openat(entry->place->fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (source < 0)
		return spool_fail(error, SPOOL_ERROR_IO, "open %s/%s", entry->place->path, name);
	bool done = keepfile_create(&file, place->fd, &place->access, error) &&
		    keepfile_copy(&file, source, error);
	if (done)
		copies_add(place, &file, name);
	keepfile_clear(&file);
	return done;
}

bool
copies_add_queue_files(struct spool_entry *entry, struct copy_place *place, GError **error)
{
	for (const char *const *name = entry->format->files(entry); *name != NULL; name++) {
		if (!add_queue_file(entry, *name, place, error))
			return false;
	}
	return true;
}
