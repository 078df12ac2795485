/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "spool/exim_tree.h"

#include <string.h>
#include "spool/error.h"

static bool
read_tree(struct exim_tree *tree, const char *text, GError **error)
{
	struct exim_text reader = { .file = "x-H", .text = text, .length = strlen(text) };

	return exim_tree_read(tree, &reader, error);
}

static char *
written(const struct exim_tree *tree, GHashTable *without)
{
	GString *text = g_string_new(NULL);

	exim_tree_write(tree, without, text);
	return g_string_free(text, FALSE);
}

static const struct {
	const char *text;
	bool as_read;
	const char *written;
	const char *why;
} trees[] = {
	{ "XX\n", true, "XX\n", "nobody" },
	{ "NN a@x\n", true, "NN a@x\n", "one" },
	{ "YY b@x\nNN a@x\nNN c@x\n", true, "YY b@x\nNN a@x\nNN c@x\n", "three, balanced" },
	{ "NY a@x\nNY b@x\nNN c@x\n", true, "YY b@x\nNN a@x\nNN c@x\n", "in order, not balanced" },
	{ "NY c@x\nNY b@x\nNN a@x\n", false, "YY b@x\nNN a@x\nNN c@x\n", "out of order" },
	{ "YY b@x\nNN a@x\nYN c@x\nNN a0@x\n", false, "YY b@x\nYN a@x\nNN a0@x\nNN c@x\n",
	    "out of order only as seen from further up" },
	{ "NY a@x\nNN a@x\n", false, "NN a@x\n", "twice" },
	{ "NN a b@x\n", true, "NN a b@x\n", "a blank in an address" },
};

static void
test_trees(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(trees); i++) {
		struct exim_tree *tree = exim_tree_new();
		g_autoptr(GError) error = NULL;

		g_test_message("%s", trees[i].why);
		g_assert_true(read_tree(tree, trees[i].text, &error));
		g_assert_no_error(error);
		g_assert_cmpint(tree->as_read, ==, trees[i].as_read);

		g_autofree char *text = written(tree, NULL);

		g_assert_cmpstr(text, ==, trees[i].written);
		exim_tree_free(tree);
	}
}

static const struct {
	const char *text, *error, *why;
} broken[] = {
	{ "",
	    "x-H line 1: expected XX or an address that has been dealt with (\"YN address\"), "
	    "found the end of the file",
	    "nothing" },
	{ "5\n",
	    "x-H line 1: expected XX or an address that has been dealt with (\"YN address\"), "
	    "found \"5\"",
	    "the next line at once" },
	{ "YN a@x\n",
	    "x-H line 2: expected XX or an address that has been dealt with (\"YN "
	    "address\"), found the end of the file",
	    "a child is missing" },
	{ "NN \n",
	    "x-H line 1: expected XX or an address that has been dealt with (\"YN "
	    "address\"), found \"NN \"",
	    "no address" },
	{ "NN a@x", "x-H line 1: expected a line that ends in a newline, found \"NN a@x\"",
	    "no newline" },
};

static void
test_broken(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(broken); i++) {
		struct exim_tree *tree = exim_tree_new();
		g_autoptr(GError) error = NULL;

		g_test_message("%s", broken[i].why);
		g_assert_false(read_tree(tree, broken[i].text, &error));
		g_assert_error(error, SPOOL_ERROR, SPOOL_ERROR_CORRUPT);
		g_assert_cmpstr(error->message, ==, broken[i].error);
		exim_tree_free(tree);
	}
}

static void
test_recipients(void)
{
	struct exim_tree *tree = exim_tree_new();

	g_assert_true(read_tree(tree, "YY Bob@x.test\nNN A@y.test\nNN root\n", NULL));
	g_assert_true(exim_tree_has_recipient(tree, "Bob@x.test"));
	g_assert_true(exim_tree_has_recipient(tree, "Bob@X.Test"));
	g_assert_false(exim_tree_has_recipient(tree, "bob@x.test"));
	g_assert_true(exim_tree_has_recipient(tree, "root"));
	g_assert_false(exim_tree_has_recipient(tree, "Root"));
	exim_tree_free(tree);
}

static const struct {
	const char *journal;
	bool good, as_read;
	const char *written, *why;
} journals[] = {
	{ "", true, true, "NN m@x\n", "empty" },
	{ "m@x\n", true, true, "NN m@x\n", "what is known already changes nothing" },
	{ "z@x\na@x\n", true, false, "YY m@x\nNN a@x\nNN z@x\n", "two more" },
	{ "z@x", true, false, "YN z@x\nNN m@x\n", "the last line lacks its newline" },
	{ "a@x\n\nz@x\n", false, true, NULL, "an empty line is no address" },
};

static void
test_journals(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(journals); i++) {
		struct exim_tree *tree = exim_tree_new();
		struct exim_text journal = { .file = "x-J",
			.text = journals[i].journal,
			.length = strlen(journals[i].journal) };
		g_autoptr(GError) error = NULL;

		g_test_message("%s", journals[i].why);
		g_assert_true(read_tree(tree, "NN m@x\n", NULL));
		g_assert_cmpint(
		    exim_tree_read_journal(tree, &journal, &error), ==, journals[i].good);
		if (journals[i].good) {
			g_autofree char *text = written(tree, NULL);

			g_assert_cmpint(tree->as_read, ==, journals[i].as_read);
			g_assert_cmpstr(text, ==, journals[i].written);
		} else {
			g_assert_error(error, SPOOL_ERROR, SPOOL_ERROR_CORRUPT);
		}
		exim_tree_free(tree);
	}
}

/* A chain of right children as long as the file: no recursion may follow it. */
static void
test_depth(void)
{
	enum { NODES = 300000 };
	g_autoptr(GString) text = g_string_new(NULL);
	struct exim_tree *tree = exim_tree_new();

	for (int i = 0; i < NODES; i++)
		g_string_append_printf(text, "N%c %07d@x\n", i + 1 < NODES ? 'Y' : 'N', i);
	g_assert_true(read_tree(tree, text->str, NULL));
	g_assert_true(tree->as_read);
	g_assert_cmpuint(tree->addresses->len, ==, NODES);

	g_autofree char *balanced = written(tree, NULL);
	struct exim_tree *again = exim_tree_new();

	g_assert_true(read_tree(again, balanced, NULL));
	g_assert_true(again->as_read);
	g_assert_cmpuint(again->addresses->len, ==, NODES);
	exim_tree_free(again);
	exim_tree_free(tree);
}

static void
test_without(void)
{
	struct exim_tree *tree = exim_tree_new();
	g_autoptr(GHashTable) without = g_hash_table_new(g_str_hash, g_str_equal);

	g_assert_true(read_tree(tree, "YN b@x\nNN a@x\n", NULL));
	g_hash_table_add(without, (void *)"a@x");

	g_autofree char *one = written(tree, without);

	g_hash_table_add(without, (void *)"b@x");

	g_autofree char *none = written(tree, without);

	g_assert_cmpstr(one, ==, "NN b@x\n");
	g_assert_cmpstr(none, ==, "XX\n");
	exim_tree_free(tree);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/exim_tree/trees are read in any shape and written in order", test_trees);
	g_test_add_func("/exim_tree/a broken tree is refused with its line", test_broken);
	g_test_add_func("/exim_tree/a recipient's domain is in it in lower case", test_recipients);
	g_test_add_func("/exim_tree/a journal is merged", test_journals);
	g_test_add_func("/exim_tree/depth costs no stack", test_depth);
	g_test_add_func("/exim_tree/addresses can be left out", test_without);
	return g_test_run();
}
