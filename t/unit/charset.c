/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/act/charset.h"

#include <string.h>

static void
test_kinds(void)
{
	static const struct {
		const char *charset;
		enum charset_kind kind;
	} cases[] = {
		{ "", CHARSET_NONE },
		{ "utf-8", CHARSET_UTF8 },
		{ "UTF8", CHARSET_UTF8 },
		{ "us-ascii", CHARSET_PLAIN },
		{ "ISO-8859-15", CHARSET_PLAIN },
		{ "windows-1252", CHARSET_PLAIN },
		{ "koi8-r", CHARSET_PLAIN },
		{ "shift_jis", CHARSET_PLAIN },
		{ "euc-jp", CHARSET_PLAIN },
		{ "gb18030", CHARSET_PLAIN },
		{ "big5", CHARSET_PLAIN },
		{ "utf-16", CHARSET_WHOLE },
		{ "UTF-16LE", CHARSET_WHOLE },
		{ "utf-32", CHARSET_WHOLE },
		{ "utf-7", CHARSET_WHOLE },
		{ "iso-2022-jp", CHARSET_WHOLE },
		{ "iso-2022-kr", CHARSET_WHOLE },
		{ "ibm037", CHARSET_WHOLE },
		{ "x-unknown", CHARSET_UNKNOWN },
		{ "utf-8//TRANSLIT", CHARSET_UNKNOWN },
		{ "../../etc/passwd", CHARSET_UNKNOWN },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_test_message("%s", cases[i].charset);
		g_assert_cmpint(charset_kind_of(cases[i].charset), ==, cases[i].kind);
	}
}

static void
test_encode(void)
{
	static const struct {
		const char *text, *charset;
		bool references;
		const char *encoded; /* NULL: it can't be said */
	} cases[] = {
		{ "\xC3\xA4", "iso-8859-1", false, "\xE4" },
		{ "\xE2\x82\xAC", "iso-8859-1", false, NULL },
		{ "a\xE2\x82\xAC\xC3\xA4", "iso-8859-1", true, "a&#8364;\xE4" },
		{ "\xE2\x82\xAC", "iso-8859-15", false, "\xA4" },
		{ "\xF0\x9F\x98\x80", "us-ascii", true, "&#128512;" },
		{ "\xE6\x97\xA5", "iso-2022-jp", false, "\x1B$BF|\x1B(B" },
		{ "\xE6\x97\xA5\xE2\x82\xAC", "iso-2022-jp", true, "\x1B$BF|\x1B(B&#8364;" },
		{ "x", "x-unknown", false, NULL },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		GString *out = charset_encode(
		    cases[i].text, strlen(cases[i].text), cases[i].charset, cases[i].references);

		g_assert_cmpstr(out != NULL ? out->str : NULL, ==, cases[i].encoded);
		if (out != NULL)
			g_string_free(out, TRUE);
	}
}

static void
test_decode(void)
{
	static const struct {
		const char *bytes;
		size_t size;
		const char *charset, *text;
	} cases[] = {
		{ "\xE4", 1, "iso-8859-1", "\xC3\xA4" },
		{ "a\0b\0", 4, "utf-16le", "ab" },
		{ "\xFE\xFF\0b", 4, "utf-16", "b" },
		{ "a\0b\0", 4, "utf-16", "ab" },
		{ "\xFF\xFE"
		  "a\0",
		    4, "utf-16", "a" },
		{ "a\xFF"
		  "b",
		    3, "utf-8",
		    "a\xEF\xBF\xBD"
		    "b" },
		{ "\x1B$BF|\x1B(B", 8, "iso-2022-jp", "\xE6\x97\xA5" },
		{ "x", 1, "x-unknown", NULL },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		GString *out = charset_decode(cases[i].bytes, cases[i].size, cases[i].charset);

		g_assert_cmpstr(out != NULL ? out->str : NULL, ==, cases[i].text);
		if (out != NULL)
			g_string_free(out, TRUE);
	}
}

static void
test_letters(void)
{
	g_autofree char *letters = charset_letters("gr\xC3\xBC\xC3\x9F"
						   "e \xFF");
	g_autofree char *references = charset_references("gr\xC3\xBC\xC3\x9F"
							 "e");

	g_assert_true(charset_is_ascii(letters, strlen(letters)));
	g_assert_true(g_str_has_prefix(letters, "gr"));
	g_assert_cmpstr(references, ==, "gr&#252;&#223;e");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/charset/supersets of ASCII are told from others", test_kinds);
	g_test_add_func("/charset/text is put into a charset", test_encode);
	g_test_add_func("/charset/and read again", test_decode);
	g_test_add_func("/charset/text can always be said in ASCII", test_letters);
	return g_test_run();
}
