/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/regex.h"

#include <string.h>

struct test {
	const char *expression;
	enum regex_flags flags;
	const char *text;
	enum regex_answer expected;
};

static const struct test matches[] = {
	{ "b", REGEX_PLAIN, "abc", REGEX_HIT },
	{ "B", REGEX_PLAIN, "abc", REGEX_HIT },
	{ "d", REGEX_PLAIN, "abc", REGEX_MISS },
	{ "b", REGEX_WHOLE, "abc", REGEX_MISS },
	{ "a.c", REGEX_WHOLE, "abc", REGEX_HIT },
	{ "a.c", REGEX_PLAIN, "a\nc", REGEX_MISS },
	{ "a.c", REGEX_DOT_ALL, "a\nc", REGEX_HIT },
	{ "^$", REGEX_PLAIN, "", REGEX_HIT },
	{ "", REGEX_PLAIN, "abc", REGEX_HIT },
	{ "\xff", REGEX_PLAIN, "a\xff", REGEX_HIT },
	{ "^(a+)+$", REGEX_PLAIN, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!",
	    REGEX_OVERRUN },
	{ "^(a|aa)+$", REGEX_PLAIN, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!",
	    REGEX_OVERRUN },
};

static void
test_matches(void)
{
	for (size_t i = 0; i < 2 * G_N_ELEMENTS(matches); i++) {
		const struct test *test = &matches[i / 2];
		enum regex_flags flags = test->flags | (i % 2 ? REGEX_COMPILED : REGEX_PLAIN);
		g_autoptr(GError) error = NULL;
		struct regex *regex = regex_new(test->expression, flags, &error);
		struct regex_scratch *scratch = regex_scratch_new();
		g_test_message("case %zu, %s", i / 2, i % 2 ? "compiled" : "interpreted");
		g_assert_no_error(error);
		g_assert_cmpstr(regex_text(regex), ==, test->expression);
		g_assert_cmpint(regex_match(regex, scratch, test->text, strlen(test->text)), ==,
		    test->expected);
		regex_scratch_free(scratch);
		regex_free(regex);
	}
}

static void
test_wrong(void)
{
	static const char *const wrong[] = { "(", "[", "a{2,1}", "\\C", "(*UTF)x", "(?<n>", "*" };

	for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
		g_autoptr(GError) error = NULL;
		g_assert_null(regex_new(wrong[i], REGEX_PLAIN, &error));
		g_assert_nonnull(strstr(error->message, "at character"));
	}
	/* The place is one in what was written. */
	for (unsigned star = 0; star < 2; star++) {
		g_autoptr(GError) error = NULL;
		const char *text = star ? "*ab(" : ".ab(";

		g_assert_null(regex_new(text, REGEX_STAR, &error));
		g_assert_nonnull(strstr(error->message, "at character 5"));
	}
}

/* Nesting and repetition that would take all memory are refused or stopped. */
static void
test_large(void)
{
	g_autofree char *open = g_strnfill(100000, '(');
	g_autofree char *text = g_strnfill(1000000, 'a');
	struct regex_scratch *scratch = regex_scratch_new();
	g_autoptr(GError) error = NULL;

	g_assert_null(regex_new(open, REGEX_PLAIN, &error));
	for (int compiled = 0; compiled < 2; compiled++) {
		struct regex *regex =
		    regex_new("^(?:(a)|b)*?$", compiled ? REGEX_COMPILED : REGEX_PLAIN, NULL);
		g_assert_cmpint(regex_match(regex, scratch, text, 1000000), !=, REGEX_MISS);
		regex_free(regex);
	}
	regex_scratch_free(scratch);
}

static const struct {
	const char *expression, *text, *replacement, *result;
} replacements[] = {
	{ "\\.exe$", "a.exe.EXE", ".txt", "a.exe.txt" },
	{ "^(.*)\\.(...)$", "a.exe", "$2_${1}.x", "exe_a.x" },
	{ "b", "abc", "[$0]", "a[b]c" },
	{ "(x)?b", "abc", "<$1$7>", "a<>c" },
	{ "b", "abb", "", "ab" },
	{ "b", "abc", "$$5", "a$5c" },
	{ "b", "abc", "$", NULL },
	{ "z", "abc", "x", NULL },
	{ "(x+x+)+y", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxz y", "x", NULL },
};

static void
test_replace(void)
{
	struct regex_scratch *scratch = regex_scratch_new();
	g_autofree char *many = g_strnfill(1000, 'a');

	for (size_t i = 0; i < G_N_ELEMENTS(replacements); i++) {
		struct regex *regex = regex_new(replacements[i].expression, REGEX_COMPILED, NULL);
		g_autofree char *result = regex_replace(
		    regex, scratch, replacements[i].text, replacements[i].replacement);

		g_test_message("%s", replacements[i].expression);
		g_assert_cmpstr(result, ==, replacements[i].result);
		regex_free(regex);
	}
	struct regex *all = regex_new(".*", REGEX_PLAIN, NULL);
	g_autofree char *long_one = regex_replace(all, scratch, many, "$0$0$0");
	g_assert_cmpuint(strlen(long_one), ==, 3000);
	regex_free(all);
	regex_scratch_free(scratch);
}

static void
test_complaint(void)
{
	struct regex *regex = regex_new("x", REGEX_PLAIN, NULL);

	g_assert_true(regex_first_complaint(regex));
	g_assert_false(regex_first_complaint(regex));
	regex_free(regex);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/regex/matches, within limits", test_matches);
	g_test_add_func("/regex/wrong expressions are refused with the place", test_wrong);
	g_test_add_func("/regex/large ones are refused or stopped", test_large);
	g_test_add_func("/regex/what matched is replaced", test_replace);
	g_test_add_func("/regex/a complaint is made once", test_complaint);
	return g_test_run();
}
