/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/textfile.h"

#include <string.h>

static void
test_lines(void)
{
	static const char text[] = "one\n\n two \nlast";
	static const char *const expected[] = { "one", "", " two ", "last" };
	struct slice rest = { text, strlen(text) }, line;

	for (size_t i = 0; i < G_N_ELEMENTS(expected); i++) {
		g_assert_true(textfile_line(&rest, &line));
		g_assert_cmpmem(line.text, line.length, expected[i], strlen(expected[i]));
	}
	g_assert_false(textfile_line(&rest, &line));
}

static void
test_words(void)
{
	static const char text[] = " \tFrom:  a@b.c\r\n ";
	struct slice rest = { text, strlen(text) };

	slice_strip(&rest);
	g_assert_true(slice_is(slice_word(&rest), "FROM:"));
	struct slice word = slice_word(&rest);
	g_assert_cmpmem(word.text, word.length, "a@b.c", 5);
	g_assert_cmpuint(slice_word(&rest).length, ==, 0);
	g_assert_false(slice_is(word, "a@b"));
}

static void
test_shown(void)
{
	g_autofree char *many = g_strnfill(200, 'x');
	g_autofree char *cut = slice_shown((struct slice){ many, 200 });
	g_autofree char *clean = slice_shown((struct slice){ "a\n\x1b[0m", 6 });

	g_assert_cmpuint(strlen(cut), ==, 103);
	g_assert_cmpstr(clean, ==, "a??[0m");
}

static void
test_utf8(void)
{
	static const struct {
		const char *text, *charset, *expected;
	} cases[] = {
		{ "gr\u00FCn", "ISO-8859-7", "gr\u00FCn" },
		{ "\xE1", "ISO-8859-7", "\u03B1" },
		{ "\xE1 \x93", "ISO-8859-1", "\u00E1 \u201C" },
		{ "\xE1 \x93", "iso-8859-1", "\u00E1 \u201C" },
		{ "\xE1", "UTF-8", "\u00E1" },
		{ "\xE1", "nonsense", "\u00E1" },
		{ "\xE1\x81", "", "\u00E1\xC2\x81" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *utf8 =
		    textfile_utf8(cases[i].text, strlen(cases[i].text), cases[i].charset);

		g_assert_cmpstr(utf8, ==, cases[i].expected);
	}
	g_autofree char *cut = textfile_utf8("a\0b", 3, "UTF-8");
	g_assert_cmpstr(cut, ==, "a");
}

static void
test_refused(void)
{
	static const char *const paths[] = { "/no/such/file", "/tmp", "/dev/zero" };
	size_t length;

	for (size_t i = 0; i < G_N_ELEMENTS(paths); i++) {
		g_autoptr(GError) error = NULL;
		g_assert_null(textfile_read(paths[i], &length, &error));
		g_assert_nonnull(error);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/textfile/lines, the last one without an end", test_lines);
	g_test_add_func("/textfile/words and blanks", test_words);
	g_test_add_func("/textfile/what is shown is short and clean", test_shown);
	g_test_add_func("/textfile/only plain files are read", test_refused);
	g_test_add_func("/textfile/what people wrote is UTF-8 or becomes it", test_utf8);
	return g_test_run();
}
