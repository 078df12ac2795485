/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/message/subject_line.h"

#include <string.h>

static const struct {
	const char *field, *text, *why;
} cases[] = {
	{ "Subject: plain text\n", "plain text", "ASCII stays" },
	{ "Subject: folded\n\ttext\n", "folded text", "folding is undone" },
	{ "Subject: =?utf-8?B?R3LDvMOfZQ==?=\n", "Grüße", "base64" },
	{ "Subject: =?UTF-8?q?Gr=C3=BC=C3=9Fe_an_Bob?=\n", "Grüße an Bob", "quoted-printable" },
	{ "Subject: =?iso-8859-1?Q?=E9t=E9?=\n", "été", "another charset" },
	{ "Subject: =?utf-8*de?Q?a?=\n", "a", "a language" },
	{ "Subject: =?utf-8?Q?a?= =?utf-8?Q?b?=\n", "ab", "blanks between words go" },
	{ "Subject: =?utf-8?Q?a?= b =?utf-8?Q?c?=\n", "a b c", "blanks around text stay" },
	{ "Subject: =?nonsense?Q?a?= b\n", "=?nonsense?Q?a?= b", "unknown charset" },
	{ "Subject: =?utf-8?Q?a\n", "=?utf-8?Q?a", "no end" },
	{ "Subject: =?\n", "=?", "only a beginning" },
	{ "Subject: =?utf-8?X?a?=\n", "=?utf-8?X?a?=", "unknown encoding" },
	{ "Subject: a=\xff\n", "a=\xef\xbf\xbd", "no UTF-8" },
	{ "X-Other: a\n", "", "no Subject" },
};

static void
test_text(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct header_list *list = header_list_new();

		header_list_read(list, cases[i].field, strlen(cases[i].field), ' ', false);
		g_autofree char *text = subject_line_text(list);
		g_test_message("%s", cases[i].why);
		g_assert_cmpstr(text, ==, cases[i].text);
		header_list_free(list);
	}
}

static void
test_encode(void)
{
	g_autofree char *ascii = subject_line_encode("{Virus?}");
	g_autofree char *other = subject_line_encode("{Gefährlich}");

	g_assert_cmpstr(ascii, ==, "{Virus?}");
	g_assert_cmpstr(other, ==, "=?UTF-8?B?e0dlZsOkaHJsaWNofQ==?=");
}

/* What was encoded is read as the same text, in whatever number of words. */
static void
test_round(void)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (unsigned i = 0; i < 200; i++)
		g_string_append(text, i % 7 == 0 ? "ü" : i % 11 == 0 ? "漢" : "x");
	g_autofree char *encoded = subject_line_encode(text->str);
	g_autofree char *field = g_strconcat("Subject: ", encoded, "\n", NULL);
	struct header_list *list = header_list_new();

	header_list_read(list, field, strlen(field), ' ', false);
	g_autofree char *again = subject_line_text(list);
	g_assert_cmpstr(again, ==, text->str);
	g_auto(GStrv) lines = g_strsplit(field, "\n", -1);
	for (char **line = lines; *line != NULL; line++)
		g_assert_cmpuint(strlen(*line), <=, 84);
	header_list_free(list);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/subject_line/encoded words are read", test_text);
	g_test_add_func("/subject_line/only what is not ASCII is encoded", test_encode);
	g_test_add_func("/subject_line/what is encoded is read as it was", test_round);
	return g_test_run();
}
