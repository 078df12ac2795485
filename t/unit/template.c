/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/act/template.h"

#include "act_fixture.h"

static const struct template_value values[] = {
	{ "from", "alice@sender.test" },
	{ "subject", "hot\nBcc: x@y\\nCc: z $from %org-name%" },
	{ "id", "1" },
	{ NULL, NULL },
};

static void
test_fill(void)
{
	static const struct {
		const char *text, *expected, *why;
	} cases[] = {
		{ "\n\n$from ${from}s $fromx ${from",
		    "\n\nalice@sender.test alice@sender.tests $fromx ${from",
		    "names end where letters, digits and _ end" },
		{ "\n\n$id$id", "\n\n11", "side by side" },
		{ "\n\n$ $$ $5 100% %none% %", "\n\n$ $$ $5 100% %none% %",
		    "no value: as it stands" },
		{ "\n\n%org-name% %ORG-NAME%", "\n\nExample Example", "macros" },
		{ "\n\na\\nb\\tc\\$from\\\\n\\x\\", "\n\na\nb\tc$from\\n\\x\\", "escapes" },
		{ "Subject: $subject\n\n", "Subject: hot Bcc: x@y\\nCc: z $from %org-name%\n\n",
		    "a value is no line of the header, and isn't filled in again" },
		{ "A: b\\n\\n$subject", "A: b\n\nhot\nBcc: x@y\\nCc: z $from %org-name%",
		    "in the body it stands as it is" },
	};
	struct act_fixture fixture;

	act_open(&fixture);
	act_configure(&fixture, "%org-name% = Example");
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *filled = template_fill(cases[i].text, values);

		g_test_message("%s", cases[i].why);
		g_assert_cmpstr(filled, ==, cases[i].expected);
	}
	act_close(&fixture);
}

/* Values as senders choose them: in a header none begins a line, ends the header or is filled in again. */
static void
test_hostile(void)
{
	static const char *const hostile[] = { "a\nBcc: eve@x.test", "a\r\nBcc: eve@x.test",
		"a\n\nbody", "a\rBcc: eve@x.test", "a\\nBcc: eve@x.test", "${id} $id %org-name%",
		"a\x01\x7F\tb", "\n", "" };
	struct act_fixture fixture;

	act_open(&fixture);
	act_configure(&fixture, "%org-name% = Example");
	for (size_t i = 0; i < G_N_ELEMENTS(hostile); i++) {
		const struct template_value own[] = { { "subject", hostile[i] }, { "id", "17" },
			{ NULL, NULL } };
		g_autofree char *mail =
		    template_fill("Subject: $subject\nX: ${subject}!\n\n-", own);
		g_autofree char *text = template_fill_text("$subject-$id", own);
		g_autofree char *as_it_is = g_strconcat(hostile[i], "-17", NULL);
		g_auto(GStrv) lines = g_strsplit(mail, "\n", -1);

		g_test_message("%s", mail);
		g_assert_cmpuint(g_strv_length(lines), ==, 4);
		g_assert_true(g_str_has_prefix(lines[0], "Subject:"));
		g_assert_true(g_str_has_prefix(lines[1], "X:"));
		g_assert_cmpstr(lines[2], ==, "");
		g_assert_cmpstr(lines[3], ==, "-");
		g_assert_null(strchr(mail, '\r'));
		g_assert_null(strstr(mail, "17"));
		g_assert_null(strstr(mail, "Example"));
		g_assert_cmpstr(text, ==, as_it_is);
	}
	act_close(&fixture);
}

/* A text without a header is a body from its first byte on. */
static void
test_fill_text(void)
{
	static const struct {
		const char *text, *expected, *why;
	} cases[] = {
		{ "", "", "nothing" },
		{ "$subject", "hot\nBcc: x@y\\nCc: z $from %org-name%", "lines stay lines" },
		{ "$Subject $SUBJECT", "$Subject $SUBJECT", "names have a case" },
		{ "${}$}${", "${}$}${", "braces around nothing" },
		{ "%org-name% %org name% %%", "Example %org name% %%", "macros are one word" },
		{ "\\$id\\%org-name%", "$id\\Example", "an escaped dollar is a dollar" },
		{ "a\\", "a\\", "a lonely backslash at the end" },
		{ "gr\u00FCn $id", "gr\u00FCn 1", "letters of all kinds" },
	};
	struct act_fixture fixture;

	act_open(&fixture);
	act_configure(&fixture, "%org-name% = Example");
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *filled = template_fill_text(cases[i].text, values);

		g_test_message("%s", cases[i].why);
		g_assert_cmpstr(filled, ==, cases[i].expected);
	}
	act_close(&fixture);
}

static void
test_unknown(void)
{
	static const char *const names[] = { "from", "id", NULL };
	static const char text[] = "$from $fro\n${id} ${ids}\n\n\\$x $ $5 $$a %x%\n$id\\";
	static const struct {
		const char *name;
		unsigned line;
	} expected[] = { { "fro", 1 }, { "ids", 2 }, { "5", 4 }, { "a", 4 } };
	const char *at = text;
	unsigned line = 1;

	for (size_t i = 0; i < G_N_ELEMENTS(expected); i++) {
		g_autofree char *name = template_unknown(&at, &line, names);

		g_assert_cmpstr(name, ==, expected[i].name);
		g_assert_cmpuint(line, ==, expected[i].line);
	}
	g_assert_null(template_unknown(&at, &line, names));
}

static void
test_read(void)
{
	struct act_fixture fixture;
	g_autofree char *large = g_strnfill(TEMPLATE_MAX + 1, 'x');
	g_autoptr(GError) error = NULL;

	act_open(&fixture);
	g_autofree char *path = act_expand(&fixture, "@@/template");
	g_assert_null(template_read(path, "UTF-8", NULL));
	act_put(&fixture, "@@/template", "A: b\r\n\r\nc\rd\n");
	g_autofree char *text = template_read(path, "UTF-8", NULL);
	g_assert_cmpstr(text, ==, "A: b\n\nc\rd\n");
	act_put(&fixture, "@@/template", "\xE1\n");
	g_autofree char *greek = template_read(path, "ISO-8859-7", NULL);
	g_assert_cmpstr(greek, ==, "\u03B1\n");
	act_put(&fixture, "@@/template", large);
	g_assert_null(template_read(path, "UTF-8", &error));
	g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL);
	act_close(&fixture);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/template/variables, macros and escapes are replaced once", test_fill);
	g_test_add_func("/template/a text without a header", test_fill_text);
	g_test_add_func("/template/what has no value is found", test_unknown);
	g_test_add_func("/template/hostile values stay values", test_hostile);
	g_test_add_func(
	    "/template/read: line ends are LF, the charset UTF-8, the size has a limit", test_read);
	return g_test_run();
}
