/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "spool/place.h"

#include <sys/stat.h>

#include "spool/error.h"
#include "t/unit/queue_fixture.h"

static void
test_open(void)
{
	struct queue_fixture queues;
	g_autoptr(GError) error = NULL;

	queue_fixture_open(&queues);

	g_autofree char *path = g_build_filename(queues.root, "absent", NULL);

	g_assert_null(spool_place_open(path, &error));
	g_assert_error(error, SPOOL_ERROR, SPOOL_ERROR_IO);
	g_assert_nonnull(strstr(error->message, path));
	queue_fixture_close(&queues);
}

static void
test_places(void)
{
	struct queue_fixture queues;
	struct spool_places *places = spool_places_new();
	g_autoptr(GError) error = NULL;

	queue_fixture_open(&queues);

	struct spool_place *one = spool_places_get(places, queues.in->path, &error);
	struct spool_place *two = spool_places_get(places, queues.in->path, &error);
	struct spool_place *other = spool_places_get(places, queues.out->path, &error);

	g_assert_no_error(error);
	g_assert_true(one == two);
	g_assert_true(one != other);
	g_assert_true(spool_place_same_file_system(one, other));

	struct spool_place *kept = spool_place_ref(one);

	spool_places_free(places);
	g_assert_cmpint(fsync(kept->fd), ==, 0);
	spool_place_unref(kept);
	queue_fixture_close(&queues);
}

static void
test_child(void)
{
	struct queue_fixture queues;
	struct spool_place *child;
	struct stat st;
	g_autoptr(GError) error = NULL;

	queue_fixture_open(&queues);
	g_assert_null(spool_place_child(queues.out, "a", NULL, &error));
	g_assert_error(error, SPOOL_ERROR, SPOOL_ERROR_IO);
	g_clear_error(&error);
	child = spool_place_child(queues.out, "a", queues.in, &error);
	g_assert_no_error(error);
	g_assert_cmpint(fstat(child->fd, &st), ==, 0);
	g_assert_cmpint(st.st_mode & 07777, ==, 0750);
	g_assert_cmpint(st.st_uid, ==, queues.in->owner);
	g_assert_true(spool_place_child(queues.out, "a", NULL, &error) == child);
	queue_fixture_put(queues.out, "file", "");
	g_assert_null(spool_place_child(queues.out, "file", queues.in, &error));
	g_assert_error(error, SPOOL_ERROR, SPOOL_ERROR_IO);
	g_clear_error(&error);
	g_assert_cmpint(symlinkat("a", queues.out->fd, "link"), ==, 0);
	g_assert_null(spool_place_child(queues.out, "link", queues.in, &error));
	g_assert_error(error, SPOOL_ERROR, SPOOL_ERROR_IO);
	queue_fixture_close(&queues);
}

static void
test_refresh(void)
{
	struct queue_fixture queues;
	g_autoptr(GError) error = NULL;

	queue_fixture_open(&queues);

	g_autofree char *stays = g_build_filename(queues.root, "stays", NULL);
	g_autofree char *moves = g_build_filename(queues.root, "moves", NULL);
	g_autofree char *away = g_build_filename(queues.root, "away", NULL);
	struct spool_places *places = spool_places_new();

	g_assert_cmpint(mkdir(stays, 0700), ==, 0);
	g_assert_cmpint(mkdir(moves, 0700), ==, 0);
	struct spool_place *kept = spool_places_get(places, stays, &error);
	ino_t old = spool_places_get(places, moves, &error)->inode;
	g_assert_cmpint(rename(moves, away), ==, 0);
	g_assert_cmpint(mkdir(moves, 0700), ==, 0);
	spool_places_refresh(places);
	g_assert_true(spool_places_get(places, stays, &error) == kept);
	g_assert_cmpuint(spool_places_get(places, moves, &error)->inode, !=, old);
	spool_places_free(places);
	queue_fixture_close(&queues);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/place/a directory that is absent is named", test_open);
	g_test_add_func("/place/each is opened once", test_places);
	g_test_add_func("/place/one that was replaced is opened anew", test_refresh);
	g_test_add_func("/place/sub-directories are made where they are missing", test_child);
	return g_test_run();
}
