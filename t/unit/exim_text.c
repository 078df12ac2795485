/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "spool/exim_text.h"

#include <string.h>
#include "spool/error.h"

static const struct {
	const char *digits;
	guint64 most;
	bool good;
	guint64 number;
	const char *why;
} numbers[] = {
	{ "0", 0, true, 0, "the least of all" },
	{ "007", 7, true, 7, "leading zeros" },
	{ "8", 7, false, 0, "one digit, too great" },
	{ "16384", 16384, true, 16384, "just the most" },
	{ "16385", 16384, false, 0, "one more" },
	{ "18446744073709551615", G_MAXUINT64, true, G_MAXUINT64, "the greatest there is" },
	{ "18446744073709551616", G_MAXUINT64, false, 0, "one more than that" },
	{ "99999999999999999999999999", G_MAXUINT64, false, 0, "far more" },
	{ "", 9, false, 0, "nothing" },
	{ "-1", 9, false, 0, "a sign" },
	{ " 1", 9, false, 0, "a blank" },
	{ "1x", 9, false, 0, "a letter" },
};

static void
test_numbers(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
		guint64 number = 0;

		g_test_message("\"%s\": %s", numbers[i].digits, numbers[i].why);
		g_assert_cmpint(exim_number(numbers[i].digits, strlen(numbers[i].digits),
				    numbers[i].most, &number),
		    ==, numbers[i].good);
		g_assert_cmpuint(number, ==, numbers[i].number);
	}
}

static void
test_lines(void)
{
	struct exim_text text = { .file = "x-H", .text = "one\n\nthree", .length = 10 };
	struct exim_line line;
	g_autoptr(GError) error = NULL;

	g_assert_true(exim_text_line(&text, &line, "a line", &error));
	g_assert_cmpmem(line.text, line.length, "one", 3);
	g_assert_true(exim_text_line(&text, &line, "a line", &error));
	g_assert_cmpuint(line.length, ==, 0);
	g_assert_false(exim_text_line(&text, &line, "a line", &error));
	g_assert_error(error, SPOOL_ERROR, SPOOL_ERROR_CORRUPT);
	g_assert_cmpstr(error->message, ==,
	    "x-H line 3: expected a line that ends in a newline, found \"three\"");
}

static const struct {
	const char *text;
	size_t length, at;
	const char *message, *why;
} failures[] = {
	{ "a\nb\n", 4, 2, "x-H line 2: expected it, found \"b\"", "a line" },
	{ "a\nb\n", 4, 4, "x-H line 3: expected it, found the end of the file", "the end" },
	{ "a\0b", 3, 0, "x-H line 1: expected it, found \"a\"", "a NUL ends what is shown" },
	{ "\x1b[2J\xff\n", 6, 0, "x-H line 1: expected it, found \"\\033[2J\\377\"", "escaped" },
	{ "0123456789012345678901234567890123456789zzz\n", 44, 0,
	    "x-H line 1: expected it, found \"0123456789012345678901234567890123456789\"",
	    "not all of a long line" },
};

static void
test_failures(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(failures); i++) {
		struct exim_text text = {
			.file = "x-H", .text = failures[i].text, .length = failures[i].length
		};
		g_autoptr(GError) error = NULL;

		g_test_message("%s", failures[i].why);
		g_assert_false(exim_text_fail(&text, failures[i].at, "it", &error));
		g_assert_cmpstr(error->message, ==, failures[i].message);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/exim_text/numbers have a most", test_numbers);
	g_test_add_func("/exim_text/lines end in a newline", test_lines);
	g_test_add_func("/exim_text/errors show where and what", test_failures);
	return g_test_run();
}
