/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UNIT_QUEUE_FIXTURE_H
#define UNIT_QUEUE_FIXTURE_H
/*
 * A scratch incoming queue, outgoing queue and state directory, with two-file messages in them.
 * Directories go with queue_fixture_close(), which lets a failed test leave them for a look.
 */
#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>
#include "spool/handoff.h"

struct queue_fixture {
	char *root;
	struct spool_place *in, *out, *state;
};

static inline struct spool_place *
queue_fixture_place(const struct queue_fixture *fixture, const char *name)
{
	g_autofree char *path = g_build_filename(fixture->root, name, NULL);
	g_autoptr(GError) error = NULL;

	g_mkdir(path, 0700);
	struct spool_place *place = spool_place_open(path, &error);

	g_assert_no_error(error);
	return place;
}

static inline void
queue_fixture_open(struct queue_fixture *fixture)
{
	g_autoptr(GError) error = NULL;

	fixture->root = g_dir_make_tmp("handoff-XXXXXX", &error);
	g_assert_no_error(error);
	fixture->in = queue_fixture_place(fixture, "in");
	fixture->out = queue_fixture_place(fixture, "out");
	fixture->state = queue_fixture_place(fixture, "state");
}

static inline void
queue_fixture_empty(const char *path)
{
	g_autoptr(GDir) directory = g_dir_open(path, 0, NULL);
	const char *name;

	while (directory != NULL && (name = g_dir_read_name(directory)) != NULL) {
		g_autofree char *inner = g_build_filename(path, name, NULL);

		if (g_file_test(inner, G_FILE_TEST_IS_DIR) &&
		    !g_file_test(inner, G_FILE_TEST_IS_SYMLINK))
			queue_fixture_empty(inner);
		g_remove(inner);
	}
}

static inline void
queue_fixture_close(struct queue_fixture *fixture)
{
	spool_place_unref(fixture->in);
	spool_place_unref(fixture->out);
	spool_place_unref(fixture->state);
	queue_fixture_empty(fixture->root);
	g_rmdir(fixture->root);
	g_free(fixture->root);
}

/* Writes a file and returns its inode. */
static inline ino_t
queue_fixture_put(const struct spool_place *place, const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(place->path, name, NULL);
	FILE *file = fopen(path, "w");
	struct stat st;

	g_assert_nonnull(file);
	g_assert_cmpint(fputs(text, file), >=, 0);
	g_assert_cmpint(fclose(file), ==, 0);
	g_assert_cmpint(stat(path, &st), ==, 0);
	return st.st_ino;
}

static inline void
queue_fixture_expect_absent(const struct spool_place *place, const char *name)
{
	g_assert_cmpint(faccessat(place->fd, name, F_OK, AT_SYMLINK_NOFOLLOW), ==, -1);
}

static inline void
queue_fixture_expect(const struct spool_place *place, const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(place->path, name, NULL);
	g_autofree char *found = NULL;
	g_autoptr(GError) error = NULL;

	if (text == NULL) {
		queue_fixture_expect_absent(place, name);
		return;
	}
	g_file_get_contents(path, &found, NULL, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(found, ==, text);
}

static inline int
queue_fixture_fd(const struct spool_place *place, const char *name)
{
	int fd = openat(place->fd, name, O_RDWR | O_CLOEXEC);

	g_assert_cmpint(fd, >=, 0);
	return fd;
}

/* Names in the directory that end in `suffix`. */
static inline guint
queue_fixture_count(const struct spool_place *place, const char *suffix)
{
	g_autoptr(GDir) directory = g_dir_open(place->path, 0, NULL);
	const char *name;
	guint n = 0;

	while ((name = g_dir_read_name(directory)) != NULL)
		n += g_str_has_suffix(name, suffix) ? 1 : 0;
	return n;
}

#endif
