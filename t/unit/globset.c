/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The index names the same patterns as comparing each of them does, each once.
 */
#include "rules/globset.h"

#include <string.h>

struct test {
	const char *pattern;
	const char *text;
	bool fits;
};

static const struct test globs[] = {
	{ "", "", true },
	{ "", "a", false },
	{ "a", "a", true },
	{ "a", "ab", false },
	{ "*", "", true },
	{ "*", "abc", true },
	{ "a*", "abc", true },
	{ "*c", "abc", true },
	{ "*b", "abc", false },
	{ "a*c", "ac", true },
	{ "a*b*c", "a-b-b-c", true },
	{ "a*b*c", "a-c-b", false },
	{ "*ab", "aab", true },
	{ "*a*a*", "a", false },
	{ "a*a", "a", false },
	{ "*@*", "a@", true },
	{ "*@*", "a", false },
};

static void
test_globs(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(globs); i++) {
		const struct test *test = &globs[i];
		g_test_message("%s with %s", test->pattern, test->text);
		g_assert_cmpint(
		    glob_match(test->pattern, test->text, strlen(test->text)), ==, test->fits);
	}
	g_assert_false(glob_match("a", "a\0b", 3));
}

static void
test_slow_glob(void)
{
	g_autofree char *text = g_strnfill(20000, 'a');

	g_assert_false(glob_match("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b", text, 20000));
}

static char *
random_text(GRand *random, const char *alphabet, int limit)
{
	int length = g_rand_int_range(random, 1, limit);
	GString *text = g_string_new(NULL);

	for (int i = 0; i < length; i++)
		g_string_append_c(
		    text, alphabet[g_rand_int_range(random, 0, (gint32)strlen(alphabet))]);
	return g_string_free(text, FALSE);
}

static void
count_found(uint32_t id, void *data)
{
	unsigned *found = data;

	found[id]++;
}

#define PATTERNS 500

static void
test_random(void)
{
	GRand *random = g_rand_new_with_seed(1);

	for (int round = 0; round < 20; round++) {
		g_autoptr(GPtrArray) patterns = g_ptr_array_new_with_free_func(g_free);
		g_autoptr(GHashTable) distinct = g_hash_table_new(g_str_hash, g_str_equal);
		struct globset *set = globset_new();
		bool filed[PATTERNS];
		for (uint32_t i = 0; i < PATTERNS; i++) {
			char *pattern = random_text(random, "ab.@*", 9);
			g_ptr_array_add(patterns, pattern);
			filed[i] =
			    g_hash_table_add(distinct, pattern) && globset_add(set, pattern, i);
		}
		for (int i = 0; i < 300; i++) {
			g_autofree char *text = random_text(random, "ab.@", 12);
			unsigned found[PATTERNS] = { 0 }, budget = 100000;
			struct address address;
			address_init(&address, text);
			g_assert_true(globset_find(set, &address, &budget, count_found, found));
			for (unsigned j = 0; j < PATTERNS; j++) {
				const char *pattern = g_ptr_array_index(patterns, j);
				bool fits = glob_match(pattern, address.lower, address.length);
				if (found[j] != (filed[j] && fits))
					g_error("%s, %s: found %u times", pattern, text, found[j]);
			}
			address_clear(&address);
		}
		globset_free(set);
	}
	g_rand_free(random);
}

static void
test_filed(void)
{
	struct globset *set = globset_new();

	g_assert_true(globset_add(set, "a@b", 0));
	g_assert_true(globset_add(set, "*@b", 1));
	g_assert_true(globset_add(set, "a@*", 2));
	g_assert_true(globset_add(set, "*@*", 3));
	g_assert_false(globset_add(set, "*@*b*", 4));
	globset_free(set);
}

static void
test_budget(void)
{
	struct globset *set = globset_new();
	g_autoptr(GPtrArray) patterns = g_ptr_array_new_with_free_func(g_free);
	unsigned found[100] = { 0 }, budget = 50;
	struct address address;

	for (uint32_t i = 0; i < 100; i++) {
		g_ptr_array_add(patterns, g_strdup_printf("*%u*@a.b", i));
		g_assert_true(globset_add(set, g_ptr_array_index(patterns, i), i));
	}
	address_init(&address, "7@a.b");
	g_assert_false(globset_find(set, &address, &budget, count_found, found));
	g_assert_cmpuint(budget, ==, 0);
	address_clear(&address);
	globset_free(set);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/globset/a star is any run of characters", test_globs);
	g_test_add_func("/globset/many stars don't take for ever", test_slow_glob);
	g_test_add_func("/globset/finds what comparing each pattern finds", test_random);
	g_test_add_func("/globset/only stars at both ends stay out", test_filed);
	g_test_add_func("/globset/stops at its budget", test_budget);
	return g_test_run();
}
