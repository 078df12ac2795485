/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/act/kept.h"

#include "spool/fd.h"
#include "t/unit/kept_fixture.h"

static void
test_find(void)
{
	static const struct {
		struct kept_filter filter;
		const char *expected, *why;
	} cases[] = {
		{ { 0 }, "one three two", "nothing is asked for" },
		{ { .id = "two" }, "two", "an id" },
		{ { .id = "tw" }, "", "half an id is none" },
		{ { .id = "TWO" }, "", "ids have case" },
		{ { .id = "two' OR '1'='1" }, "", "no SQL" },
		{ { .from = "ALICE@" }, "one", "part of a sender, in any case" },
		{ { .from = "%" }, "", "no pattern" },
		{ { .to = "bob@example.test" }, "one two", "a recipient" },
		{ { .to = "\"d e\"@other" }, "two", "the second, with a blank" },
		{ { .reason = "SETUP.exe" }, "one", "a finding" },
		{ { .reason = "another" }, "two", "a second finding" },
		{ { .reason = "100%" }, "one", "the subject" },
		{ { .reason = "it's" }, "two", "a quote" },
		{ { .reason = "spam" }, "three", "the kind" },
		{ { .since = "20200201" }, "three two", "from a day on" },
		{ { .until = "20200201" }, "one two", "up to a day" },
		{ { .since = "20200201", .until = "20200229" }, "two", "both" },
		{ { .to = "bob", .until = "20200131" }, "one", "all must fit" },
		{ { .from = "alice", .to = "d e" }, "", "and not one of them" },
	};
	struct act_fixture fixture;

	act_open(&fixture);
	put_three(&fixture);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_test_message("%s", cases[i].why);
		expect_ids(&fixture, &cases[i].filter, cases[i].expected);
	}
	act_close(&fixture);
}

/* Whatever stands in the place of the index, the tree is what counts. */
static void
test_damaged_index(void)
{
	static const char *const texts[] = { NULL, "", "no database", "SQLite format 3" };
	struct act_fixture fixture;
	const struct kept_filter all = { 0 };

	act_open(&fixture);
	put_three(&fixture);
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autofree char *path = act_expand(&fixture, "@@/quarantine.db");

		g_unlink(path);
		if (texts[i] != NULL)
			act_put(&fixture, "@@/quarantine.db", texts[i]);
		expect_ids(&fixture, &all, "one three two");
	}
	act_close(&fixture);
}

/* Damage further on, where opening finds nothing wrong. */
static void
test_damaged_pages(void)
{
	struct act_fixture fixture;
	const struct kept_filter all = { 0 };
	char noise[4096];

	act_open(&fixture);
	put_three(&fixture);
	memset(noise, 0xa5, sizeof noise);
	for (int page = 1; page < 4; page++) {
		expect_ids(&fixture, &all, "one three two");
		g_autofree char *path = act_expand(&fixture, "@@/quarantine.db");
		autofd fd = open(path, O_RDWR | O_CLOEXEC);

		g_assert_cmpint(
		    pwrite(fd, noise, sizeof noise, page * (off_t)sizeof noise), ==, sizeof noise);
		expect_ids(&fixture, &all, "one three two");
	}
	act_close(&fixture);
}

static void
test_other_columns(void)
{
	struct act_fixture fixture;
	const struct kept_filter all = { 0 };

	act_open(&fixture);
	put_three(&fixture);
	const char *argv[] = { "sqlite3", "quarantine.db",
		"CREATE TABLE kept (path TEXT PRIMARY KEY, seen INT, changed INT)", NULL };
	int status = -1;

	g_assert_true(g_spawn_sync(fixture.root, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL,
	    NULL, NULL, NULL, &status, NULL));
	g_assert_cmpint(status, ==, 0);
	expect_ids(&fixture, &all, "one three two");
	act_close(&fixture);
}

static void
test_out_of_step(void)
{
	struct act_fixture fixture;
	const struct kept_filter all = { 0 }, by = { .from = "late" };

	act_open(&fixture);
	put_three(&fixture);
	settle(&fixture, OLD "/one");
	expect_ids(&fixture, &all, "one three two");
	/* Taken away and brought by others. */
	g_autofree char *from = act_expand(&fixture, "@@/quarantine/20200201/two");
	g_autofree char *to = act_expand(&fixture, "@@/quarantine/20200201/four");
	g_assert_cmpint(rename(from, to), ==, 0);
	expect_ids(&fixture, &all, "four one three");
	/* Changed in the same moment in which it was read. */
	put(&fixture, OLD "/five", "message", "x");
	expect_ids(&fixture, &by, "");
	put(&fixture, OLD "/five", "envelope", "Sender: <late@sender.test>\n");
	expect_ids(&fixture, &by, "five");
	/* What has not changed is not read again. */
	settle(&fixture, OLD "/one");
	expect_ids(&fixture, &all, "five four one three");
	g_autofree char *envelope = act_expand(&fixture, OLD "/one/envelope");
	g_assert_true(g_file_set_contents(envelope, "Sender: <late@other.test>\n", -1, NULL));
	settle(&fixture, OLD "/one");
	expect_ids(&fixture, &by, "five");
	act_close(&fixture);
}

/* Two quarantines, the name of one of which begins as the other's, have one index between them. */
static void
test_two_roots(void)
{
	struct act_fixture fixture;
	const struct kept_filter all = { 0 };

	act_open(&fixture);
	put(&fixture, OLD "/one", "message", "x");
	put(&fixture, "@@/quarantine2/20200131/two", "message", "x");
	for (int i = 0; i < 2; i++) {
		expect_ids(&fixture, &all, "one");
		struct kept_index *other = open_index(&fixture, "@@/quarantine2/");
		struct kept_index *same = open_index(&fixture, "@@/quarantine//");
		g_autoptr(GPtrArray) found = kept_find(same, &all, NULL);

		g_assert_cmpuint(found->len, ==, 1);
		kept_close(other);
		kept_close(same);
	}
	g_autofree char *none = act_expand(&fixture, "@@/none");
	g_autoptr(GError) error = NULL;
	g_assert_null(kept_open(none, fixture.root, NULL, NULL, &error));
	g_assert_error(error, KEPT_ERROR, KEPT_ERROR_SYSTEM);
	act_close(&fixture);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/kept index/messages are found by what is asked for", test_find);
	g_test_add_func(
	    "/kept index/an index that is lost or damaged is made again", test_damaged_index);
	g_test_add_func("/kept index/one that is damaged inside, too", test_damaged_pages);
	g_test_add_func("/kept index/one of another make, too", test_other_columns);
	g_test_add_func(
	    "/kept index/an index that is behind is brought up to date", test_out_of_step);
	g_test_add_func("/kept index/another quarantine is not this one", test_two_roots);
	return g_test_run();
}
