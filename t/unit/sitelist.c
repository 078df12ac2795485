/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists of sites: what is an entry, what it covers, and what a long list costs. */
#include "rules/sitelist.h"
#include "t/unit/config_scratch.h"

static struct sitelist *
load(const char *text)
{
	g_autofree char *path = scratch_write("sites", text);

	return sitelist_load(path, NULL);
}

static void
test_entries(void)
{
	static const struct {
		const char *host;
		bool listed;
		const char *why;
	} rows[] = {
		{ "plain.test", true, "an entry" },
		{ "below.plain.test", false, "an entry is one host" },
		{ "upper.test", true, "entries are folded" },
		{ "a.star.test", true, "below a star" },
		{ "b.a.star.test", true, "far below a star" },
		{ "star.test", false, "a star is not the name itself" },
		{ "nostar.test", false, "a star stands for whole labels" },
		{ "indented.test", true, "blanks before an entry" },
		{ "words.test", true, "words behind an entry" },
		{ "behind", false, "which are no entries" },
		{ "comment.test", false, "comments" },
		{ "gone.test", false, "removed" },
		{ "later.test", false, "removed before it was added" },
		{ "x.gone.test", true, "removed was the name, not what is below" },
		{ "crlf.test", true, "line ends of other systems" },
		{ "last.test", true, "a last line without end" },
		{ "", false, "no host" },
		{ ".", false, "a dot" },
	};
	struct sitelist *list = load("plain.test\nUPPER.Test\n*.star.test\n  indented.test\n"
				     "words.test behind it\n#comment.test\n\n   \n"
				     "REMOVE later.test\ngone.test\nremove Gone.test\n*.gone.test\n"
				     "later.test\ncrlf.test\r\nlast.test");

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_test_message("%s: %s", rows[i].host, rows[i].why);
		g_assert_cmpint(sitelist_has(list, rows[i].host), ==, rows[i].listed);
	}
	g_assert_true(sitelist_has_entry(list, "*.star.test"));
	g_assert_false(sitelist_has_entry(list, "a.star.test"));
	g_assert_cmpuint(sitelist_count(list), ==, 8);
	sitelist_free(list);
}

static void
test_files(void)
{
	g_autofree char *first = scratch_write("first", "one.test\ntwo.test\n");
	g_autofree char *second = scratch_write("second", "three.test\nREMOVE two.test\n");
	g_autofree char *absent = scratch_path("absent");
	g_autofree char *paths = g_strdup_printf("%s  %s %s", second, absent, first);
	g_autoptr(GPtrArray) unread = g_ptr_array_new_with_free_func(g_free);
	struct sitelist *list = sitelist_load(paths, unread);

	g_assert_true(sitelist_has(list, "one.test"));
	g_assert_true(sitelist_has(list, "three.test"));
	g_assert_false(sitelist_has(list, "two.test"));
	g_assert_cmpuint(unread->len, ==, 1);
	g_assert_cmpstr(g_ptr_array_index(unread, 0), ==, absent);
	sitelist_free(list);
}

static void
test_nothing(void)
{
	struct sitelist *list = sitelist_load("", NULL);
	g_autofree char *longer = g_strnfill(5000, 'a');

	g_assert_cmpuint(sitelist_count(list), ==, 0);
	g_assert_false(sitelist_has(list, "one.test"));
	g_assert_false(sitelist_has(NULL, "one.test"));
	g_assert_false(sitelist_has_entry(NULL, "one.test"));
	sitelist_free(list);
	list = load("one.test\n");
	g_assert_false(sitelist_has(list, longer));
	sitelist_free(list);
	sitelist_free(NULL);
}

#define MANY 300000

static void
test_many(void)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (unsigned i = 0; i < MANY; i++)
		g_string_append_printf(text, "host%u.site%u.test\n", i, i % 1000);
	g_autofree char *path = scratch_write("many", text->str);
	gint64 start = g_get_monotonic_time();
	struct sitelist *list = sitelist_load(path, NULL);
	double milliseconds = (double)(g_get_monotonic_time() - start) / 1000.0;

	g_assert_cmpuint(sitelist_count(list), ==, MANY);
	g_assert_true(sitelist_has(list, "host299999.site999.test"));
	g_test_minimized_result(milliseconds, "%d lines in %.1f ms", MANY, milliseconds);
	if (g_test_perf())
		g_assert_cmpfloat(milliseconds, <, 100);
	sitelist_free(list);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	scratch_open();
	g_test_add_func("/sitelist/an entry covers what it says", test_entries);
	g_test_add_func(
	    "/sitelist/files are one list, and what is removed is gone from all", test_files);
	g_test_add_func("/sitelist/an empty list holds nothing", test_nothing);
	g_test_add_func("/sitelist/hundreds of thousands of lines are read at once", test_many);
	int status = g_test_run();

	scratch_close();
	return status;
}
