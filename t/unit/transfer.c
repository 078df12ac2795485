/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/act/transfer.h"

#include <string.h>

static void
test_names(void)
{
	static const struct {
		const char *name;
		enum transfer transfer;
	} cases[] = { { "", TRANSFER_IDENTITY }, { "7bit", TRANSFER_IDENTITY },
		{ "binary", TRANSFER_IDENTITY }, { "x-foo", TRANSFER_IDENTITY },
		{ "base64", TRANSFER_BASE64 }, { "Quoted-Printable", TRANSFER_QUOTED },
		{ "x-uuencode", TRANSFER_UUENCODE } };

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
		g_assert_cmpint(transfer_of(cases[i].name), ==, cases[i].transfer);
}

static void
test_quote(void)
{
	static const struct {
		const char *text, *quoted, *why;
	} cases[] = {
		{ "plain\n", "plain\n", "what is plain stays" },
		{ "a = b\n", "a =3D b\n", "the sign itself" },
		{ "\xC3\xA4", "=C3=A4", "8-bit bytes" },
		{ "end \n", "end=20\n", "a blank at the end of a line" },
		{ "end\t", "end=09", "and at the end of all" },
		{ "a\r\nb", "a\nb", "CRLF is a line end" },
		{ "a\rb", "a=0Db", "CR is none" },
		{ "--b\n -- \n", "=2D-b\n --=20\n", "what could be a boundary" },
		{ "From me\nfrom\n", "=46rom me\nfrom\n", "what could begin a message" },
		{ "0123456789012345678901234567890123456789012345678901234567890123456789012345",
		    "012345678901234567890123456789012345678901234567890123456789012345678901234="
		    "\n5",
		    "a line that is too long" },
		{ "01234567890123456789012345678901234567890123456789012345678901234567890123\xC3"
		  "\n",
		    "01234567890123456789012345678901234567890123456789012345678901234567890123=\n="
		    "C3\n",
		    "which is not broken within a code" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GString) out = g_string_new(NULL);

		transfer_quote(out, cases[i].text, strlen(cases[i].text), "\n");
		g_test_message("%s", cases[i].why);
		g_assert_cmpstr(out->str, ==, cases[i].quoted);
	}
}

/* Whatever the bytes: decoded they are what they were, but for line ends, and no line is too long or a boundary. */
static void
test_round(void)
{
	for (unsigned round = 0; round < 2000; round++) {
		g_autoptr(GString) text = g_string_new(NULL), out = g_string_new(NULL);
		int length = g_test_rand_int_range(0, 400);

		for (int i = 0; i < length; i++)
			g_string_append_c(
			    text, "--=ab \t\nFrom.\xC3\xA4"[g_test_rand_int_range(0, 15)]);
		transfer_quote(out, text->str, text->len, "\n");
		g_autoptr(GString) back = transfer_decode(TRANSFER_QUOTED, out->str, out->len);
		g_assert_cmpmem(back->str, back->len, text->str, text->len);
		g_auto(GStrv) lines = g_strsplit(out->str, "\n", -1);
		for (char **line = lines; *line != NULL; line++) {
			g_assert_cmpuint(strlen(*line), <=, 76);
			g_assert_false(g_str_has_prefix(*line, "--"));
		}
	}
}

static void
test_base64_lines(void)
{
	g_autoptr(GString) out = g_string_new(NULL);

	transfer_base64(out, "AAABBBCCCD", 10, 8, "\r\n");
	g_assert_cmpstr(out->str, ==, "QUFBQkJC\r\nQ0NDRA==");
}

static void
test_seek(void)
{
	static const struct {
		size_t place, at;
		bool found;
	} cases[] = { { 0, 0, true }, { 1, 1, true }, { 2, 4, true }, { 3, 7, true },
		{ 4, 8, true }, { 5, 11, true }, { 6, 12, true }, { 7, 0, false } };
	static const char text[] = "a=C3=A4b=\nc\n";

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct transfer_cursor cursor;

		transfer_cursor_init(&cursor, text, strlen(text));
		g_assert_cmpint(transfer_cursor_seek(&cursor, cases[i].place), ==, cases[i].found);
		if (cases[i].found)
			g_assert_cmpuint(cursor.at, ==, cases[i].at);
	}
}

/* Each place of a long text is found going on from the last, and what stands before it decodes to so many bytes. */
static void
test_seek_on(void)
{
	g_autoptr(GString) text = g_string_new(NULL), quoted = g_string_new(NULL);
	struct transfer_cursor cursor;

	for (unsigned i = 0; i < 500; i++)
		g_string_append(text, i % 7 == 0 ? "\xC3\xA4=\n" : "some words ");
	transfer_quote(quoted, text->str, text->len, "\n");
	transfer_cursor_init(&cursor, quoted->str, quoted->len);
	for (size_t place = 0; place <= text->len; place += 13) {
		g_assert_true(transfer_cursor_seek(&cursor, place));
		g_autoptr(GString) back = transfer_decode(TRANSFER_QUOTED, quoted->str, cursor.at);
		g_assert_cmpmem(back->str, back->len, text->str, place);
	}
}

static void
test_cut(void)
{
	static const struct {
		const char *text;
		size_t place, encoded, decoded, width;
	} cases[] = {
		{ "QUFB\nQkJC\nQ0ND\n", 0, 0, 0, 4 },
		{ "QUFB\nQkJC\nQ0ND\n", 3, 5, 3, 4 },
		{ "QUFB\nQkJC\nQ0ND\n", 5, 5, 3, 4 },
		{ "QUFB\r\nQkJC\r\nQ0ND\r\n", 6, 12, 6, 4 },
		{ "QUFB\nQkJC\nQ0ND", 9, 10, 6, 4 },   /* the last line goes on */
		{ "QU\nFB\n", 3, 0, 0, 76 },	       /* lines that are no whole groups */
		{ "QUFB\nQ!kJC\nQ0ND\n", 9, 5, 3, 4 }, /* rubbish */
		{ "QUE=\nQkJC\n", 5, 0, 0, 76 },       /* the end in the middle */
		{ "", 0, 0, 0, 76 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct transfer_cut cut =
		    transfer_base64_cut(cases[i].text, strlen(cases[i].text), cases[i].place);

		g_assert_cmpuint(cut.encoded, ==, cases[i].encoded);
		g_assert_cmpuint(cut.decoded, ==, cases[i].decoded);
		g_assert_cmpuint(cut.width, ==, cases[i].width);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/transfer/encodings are known by their names", test_names);
	g_test_add_func("/transfer/text is quoted", test_quote);
	g_test_add_func("/transfer/what was quoted is read as it was", test_round);
	g_test_add_func(
	    "/transfer/base64 has lines of the length that is wanted", test_base64_lines);
	g_test_add_func("/transfer/a decoded place is found in quoted text", test_seek);
	g_test_add_func("/transfer/places are found one after the other", test_seek_on);
	g_test_add_func("/transfer/base64 is cut at the start of a line", test_cut);
	return g_test_run();
}
