/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The database of messages that ended their worker. */
#include "core/engine/attempts.h"

#include <glib/gstdio.h>
#include <sqlite3.h>

static char *
scratch(void)
{
	g_autofree char *directory = g_dir_make_tmp("attempts-XXXXXX", NULL);

	g_assert_nonnull(directory);
	return g_build_filename(directory, "Processing.db", NULL);
}

static void
discard(const char *path)
{
	g_autofree char *directory = g_path_get_dirname(path);

	g_unlink(path);
	g_rmdir(directory);
}

static void
test_counts_survive(void)
{
	g_autofree char *path = scratch();
	g_autoptr(GError) error = NULL;
	struct attempts *attempts = attempts_open(path, &error);

	g_assert_no_error(error);
	g_assert_cmpuint(attempts_count(attempts, "in", "1abc", 100, &error), ==, 1);
	g_assert_cmpuint(attempts_count(attempts, "in", "1abc", 200, &error), ==, 2);
	g_assert_cmpuint(attempts_count(attempts, "other", "1abc", 300, &error), ==, 1);
	attempts_close(attempts);
	attempts = attempts_open(path, &error);
	g_autoptr(GPtrArray) rows = attempts_list(attempts, false, 1);
	g_assert_cmpuint(rows->len, ==, 1);
	const struct attempt *row = g_ptr_array_index(rows, 0);
	g_assert_cmpstr(row->directory, ==, "in");
	g_assert_cmpuint(row->count, ==, 2);
	g_assert_cmpint(row->next, ==, 200);
	attempts_close(attempts);
	discard(path);
}

static void
test_done_and_given_up(void)
{
	g_autofree char *path = scratch();
	g_autoptr(GError) error = NULL;
	struct attempts *attempts = attempts_open(path, &error);

	attempts_count(attempts, "in", "done", 1, &error);
	attempts_count(attempts, "in", "hopeless", 1, &error);
	g_assert_true(attempts_forget(attempts, "in", "done", &error));
	g_assert_true(attempts_forget(attempts, "in", "never there", &error));
	g_assert_true(attempts_give_up(attempts, "in", "hopeless", 77, &error));
	g_autoptr(GPtrArray) active = attempts_list(attempts, false, 0);
	g_autoptr(GPtrArray) archived = attempts_list(attempts, true, 0);
	g_assert_cmpuint(active->len, ==, 0);
	g_assert_cmpuint(archived->len, ==, 1);
	const struct attempt *row = g_ptr_array_index(archived, 0);
	g_assert_cmpstr(row->id, ==, "hopeless");
	g_assert_cmpint(row->next, ==, 77);
	attempts_close(attempts);
	discard(path);
}

static void
test_file_of_mailscanner(void)
{
	g_autofree char *path = scratch();
	g_autoptr(GError) error = NULL;
	sqlite3 *database;

	g_assert_cmpint(sqlite3_open(path, &database), ==, SQLITE_OK);
	g_assert_cmpint(sqlite3_exec(database,
			    "CREATE TABLE processing (id TEXT, count INT, nexttime INT);"
			    "CREATE UNIQUE INDEX id_uniq ON processing(id);"
			    "CREATE TABLE archive (id TEXT, count INT, nexttime INT);"
			    "INSERT INTO processing VALUES ('1old', 3, 5);",
			    NULL, NULL, NULL),
	    ==, SQLITE_OK);
	sqlite3_close(database);
	struct attempts *attempts = attempts_open(path, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(attempts_count(attempts, "in", "1old", 9, &error), ==, 1);
	g_autoptr(GPtrArray) rows = attempts_list(attempts, false, 0);
	g_assert_cmpuint(rows->len, ==, 2);
	g_assert_true(attempts_forget(attempts, "in", "1old", &error));
	g_autoptr(GPtrArray) none = attempts_list(attempts, false, 0);
	g_assert_cmpuint(none->len, ==, 0);
	attempts_close(attempts);
	discard(path);
}

static void
test_no_database(void)
{
	g_autofree char *path = scratch();
	g_autoptr(GError) error = NULL;

	g_assert_true(
	    g_file_set_contents(path, "this is no database, but long enough to look", -1, NULL));
	g_assert_null(attempts_open(path, &error));
	g_assert_nonnull(error);
	discard(path);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/attempts/counts survive a restart", test_counts_survive);
	g_test_add_func("/attempts/what is done goes, what is hopeless moves to the archive",
	    test_done_and_given_up);
	g_test_add_func("/attempts/a file of MailScanner 5 is read on", test_file_of_mailscanner);
	g_test_add_func("/attempts/a file that is no database is an error", test_no_database);
	return g_test_run();
}
