/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is embedded in RTF is found, however it is written. */
#include "core/read/richtext.h"

#include "t/unit/unpack_fixture.h"

/* Version, kind 2, class "Package", no topic, no item, length; two bytes, label, path, kind, temporary path, length and data. */
#define HEAD "01050000 02000000 08000000 5061636b61676500 00000000 00000000 "
#define PACKED                                                                              \
	"2a000000 0200 612e65786500 633a5c612e65786500 00000300 09000000 633a5c612e657865 " \
	"00 04000000 4d5a9000"
#define PACKAGE "{\\object\\objemb{\\*\\objdata " HEAD PACKED "}}"
#define MEMBER "  o a.exe 4 absolute_path\n"
#define LINK "01050000 01000000 05000000 576f726400 0e000000 687474703a2f2f782e746573742f 00000000"

static const struct {
	const char *rtf, *facts, *members, *why;
} rows[] = {
	{ "{\\rtf1 " PACKAGE "}", " embedded_object", MEMBER, "as Word writes it" },
	{ "\r\n {\\rt" PACKAGE "}", " embedded_object", MEMBER, "the head may be half, and late" },
	{ "{\\rtf1{\\object{\\objdata 0105{\\*\\x 41}{\\fldinst 4142}0000 02000000 08000000 "
	  "5061636b61676500\\par 00000000 00000000 " PACKED,
	    " embedded_object", MEMBER, "cut up, and without an end" },
	{ "{\\rtf1{\\objdata 010500000\\'41"
	  "2000000"
	  "08000000\\bin7 Package"
	  "00"
	  "00000000 00000000 " PACKED "}}",
	    " embedded_object", MEMBER, "partly as bytes" },
	{ "{\\rtf1{\\objdata " HEAD "41424344}}", " embedded_object", "  o Ole10Native 0\n",
	    "a package that is none" },
	{ "{\\rtf1{\\objdata 4142434445464748494a}}", " embedded_object", "  o object 10\n",
	    "rubbish is a file by itself" },
	{ "{\\rtf1{\\objdata " LINK "}}", " remote_template embedded_object", "  o object 39\n",
	    "a link to elsewhere" },
	{ "{\\rtf1{\\objdata 01050000 02000000 09000000 4f4c45324c696e6b00 00000000 00000000}}",
	    " remote_template embedded_object", "  o object 29\n", "a moniker" },
	{ "{\\rtf1{\\*\\template http://x.test/y}}", " remote_template", "", "a template" },
	{ "{\\rtf1{\\*\\template \\u104?\\u-65420?tp://x.test/y}}", " remote_template", "",
	    "a template in Unicode" },
	{ "{\\rtf1{\\*\\template C:\\\\x.dotm}}", "", "", "a template of this machine" },
	{ "{\\rtf1{\\field{\\*\\fldinst{\\b D}{\\i DEAUTO} c:\\\\x}}}", " dde", "", "DDE" },
	{ "{\\rtf1{\\field{\\*\\fldinst{\\'44\\'44\\'45 x}}}}", " dde", "", "DDE in numbers" },
	{ "{\\rtf1{\\field{\\*\\fldinst INCLUDETEXT \"http://x.test/y\"}}}", " remote_template", "",
	    "text of elsewhere" },
	{ "{\\rtf1{\\field{\\*\\fldinst LINK Excel.Sheet.8 \"file://x.test/y\"}}}",
	    " remote_template", "", "an object of elsewhere" },
	{ "{\\rtf1{\\field{\\*\\fldinst HYPERLINK \"http://x.test/y\"}}}", "", "",
	    "a link is followed only when it is clicked" },
	{ "{\\rtf1 DDE {\\b http://x.test/ } \\objdata", "", "", "words in the text" },
	{ "rtf {\\rtf1 " PACKAGE "}", "", "", "no RTF" },
};

static char *
tell(const struct brief *brief, const char *rtf)
{
	return unpack_tell(brief, "a.doc", rtf, strlen(rtf));
}

static void
objects(void)
{
	struct brief brief;

	unpack_brief(&brief);
	for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = tell(&brief, rows[i].rtf);
		g_autofree char *expected = g_strdup_printf(
		    "n a.doc %zu%s\n%s", strlen(rows[i].rtf), rows[i].facts, rows[i].members);

		g_test_message("%s", rows[i].why);
		g_assert_cmpstr(text, ==, expected);
	}
}

static void
not_asked(void)
{
	struct brief brief;

	unpack_brief(&brief);
	brief.unpack_documents = false;
	g_autofree char *closed = tell(&brief, rows[0].rtf);
	g_assert_null(strchr(strchr(closed, '\n') + 1, '\n'));
	brief.unpack_documents = true;
	brief.max_archive_depth = 0;
	g_autofree char *listed = tell(&brief, rows[0].rtf);
	g_assert_nonnull(strstr(listed, " embedded_object\n"));
	g_assert_null(strstr(listed, "a.exe"));
}

/* Braces and words without end cost no more than other bytes. */
static void
costs(void)
{
	static const char *const pieces[] = { "{", "}", "\\objdata 41", "{\\*\\objdata", "\\bin",
		"\\fldinst", "\\u1" };
	struct brief brief;

	unpack_brief(&brief);
	for (unsigned i = 0; i < G_N_ELEMENTS(pieces); i++) {
		GString *rtf = g_string_new("{\\rtf1");
		gint64 start;

		while (rtf->len < 1 << 20)
			g_string_append(rtf, pieces[i]);
		start = g_get_monotonic_time();
		g_free(tell(&brief, rtf->str));
		g_assert_cmpint(g_get_monotonic_time() - start, <, G_USEC_PER_SEC);
		g_string_free(rtf, TRUE);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/richtext/objects, links and templates are found", objects);
	g_test_add_func("/richtext/what nobody asked for stays closed", not_asked);
	g_test_add_func("/richtext/the cost is linear", costs);
	return g_test_run();
}
