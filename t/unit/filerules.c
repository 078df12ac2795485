/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/filerules.h"

#include <glib/gstdio.h>
#include <string.h>

struct scratch {
	char *path;
	struct diagnostics *diagnostics;
};

static void
set_up(struct scratch *scratch, const void *data)
{
	(void)data;
	g_close(g_file_open_tmp("filerules-XXXXXX", &scratch->path, NULL), NULL);
	scratch->diagnostics = diagnostics_new();
}

static void
tear_down(struct scratch *scratch, const void *data)
{
	(void)data;
	g_unlink(scratch->path);
	g_free(scratch->path);
	diagnostics_free(scratch->diagnostics);
}

static struct filerules *
load(struct scratch *scratch, const char *text)
{
	g_assert_true(g_file_set_contents(scratch->path, text, -1, NULL));
	return filerules_load(scratch->path, NULL, scratch->diagnostics);
}

struct test_line {
	const char *why;
	const char *line;
	const char *complaint; /* part of the first; NULL: none */
	const char *row; /* "action|text or addresses|expression|mime|log|report"; NULL: left out */
};

static const struct test_line lines[] = {
	{ "four fields", "deny\t\\.exe$\tlog it\tsay it", NULL, "1||\\.exe$|-|log it|say it" },
	{ "five fields", "allow\t-\t^text/\t-\t-", NULL, "0||-|^text/||" },
	{ "several tabs are one", "allow\t\t\\.txt$\t\t\t-\t-", NULL, "0||\\.txt$|-||" },
	{ "blanks around tabs", "allow \t \\.txt$ \t - \t -", NULL, "0||\\.txt$|-||" },
	{ "a sixth field is text", "deny\tx\t-\ta\tb\tc", NULL, "1||x|-|a|b\tc" },
	{ "blanks as separators", "deny  \\.exe$   log it  say it", "separated by tabs",
	    "1||\\.exe$|-|log it|say it" },
	{ "three fields", "deny\t\\.exe$\tlog", "four or five fields", NULL },
	{ "one blank separates nothing", "deny \\.exe$ a b", "four or five fields", NULL },
	{ "a comment in the first column", "# deny\tx\ta\tb", NULL, NULL },
	{ "an indented comment is a rule", " # deny\tx\ta\tb", "\"# deny\" is no action", NULL },
	{ "0 is a text", "deny\t0\t0\t0", NULL, "1||0|-|0|0" },
	{ "case of actions", "Deny\tx\ta\tb", NULL, "1||x|-|a|b" },
	{ "commas around actions", " deny, \tx\ta\tb", NULL, "1||x|-|a|b" },
	{ "deny+delete", "deny+delete\tx\ta\tb", NULL, "2||x|-|a|b" },
	{ "deny and delete", "deny and delete\tx\ta\tb", NULL, "2||x|-|a|b" },
	{ "rename", "rename\tx\ta\tb", NULL, "3||x|-|a|b" },
	{ "rename TEXT", "rename $1.Txt\tx\ta\tb", NULL, "4|$1.Txt|x|-|a|b" },
	{ "rename to TEXT", "Rename To $1.Txt\tx\ta\tb", NULL, "4|$1.Txt|x|-|a|b" },
	{ "rename to nothing", "rename to\tx\ta\tb", "is no action", NULL },
	{ "one address", "joe@y.z\tx\ta\tb", NULL, "5|joe@y.z|x|-|a|b" },
	{ "addresses", "joe@y.z, jim@y.z  Ann@q.r\tx\ta\tb", NULL,
	    "5|joe@y.z jim@y.z Ann@q.r|x|-|a|b" },
	{ "deny with an @ is an address", "deny@y.z\tx\ta\tb", NULL, "5|deny@y.z|x|-|a|b" },
	{ "an unknown action is never allow", "alow\tx\ta\tb", "\"alow\" is no action", NULL },
	{ "slashes around", "deny\t/x.y/\ta\tb", NULL, "1||x.y|-|a|b" },
	{ "a star first", "deny\t*.exe\ta\tb", NULL, "1||*.exe|-|a|b" },
	{ "a wrong expression", "deny\t(x\ta\tb", "the expression (x is wrong", NULL },
	{ "a wrong MIME expression", "deny\tx\t[\ta\tb", "the expression [ is wrong", NULL },
	{ "facts", "deny\tfact:a+b\tx\ty", NULL, "1||a+b:-|-|x|y" },
	{ "facts and an expression", "deny\tFact:a c d$\tx\ty", NULL, "1||a:c d$|-|x|y" },
	{ "a wrong expression behind facts", "deny\tfact:a (\tx\ty", "the expression ( is wrong",
	    NULL },
	{ "facts inside are an expression", "deny\txfact:a\tx\ty", NULL, "1||xfact:a|-|x|y" },
	{ "nothing", "", NULL, NULL },
};

static char *
row_text(const struct file_rule *rule)
{
	g_autofree char *addresses = rule->addresses ? g_strjoinv(" ", rule->addresses) : NULL;
	const char *text = rule->text ? rule->text : addresses ? addresses : "";

	g_autofree char *facts = rule->facts ? g_strjoinv("+", rule->facts) : NULL;
	return g_strdup_printf("%d|%s|%s%s%s|%s|%s|%s", (int)rule->action, text, facts ? facts : "",
	    facts ? ":" : "", rule->expression ? regex_text(rule->expression) : "-",
	    rule->mime ? regex_text(rule->mime) : "-", rule->log, rule->report);
}

static void
test_line(struct scratch *scratch, const void *data)
{
	const struct test_line *test = data;
	g_autofree char *text = g_strconcat("\n", test->line, "\n", NULL);
	struct filerules *rules = load(scratch, text);
	const GPtrArray *list = filerules_list(rules),
			*said = diagnostics_list(scratch->diagnostics);

	g_assert_cmpuint(list->len, ==, test->row ? 1 : 0);
	g_assert_cmpuint(said->len, ==, test->complaint ? 1 : 0);
	if (test->row) {
		const struct file_rule *rule = g_ptr_array_index(list, 0);
		g_autofree char *row = row_text(rule);
		g_assert_cmpstr(row, ==, test->row);
		g_assert_cmpuint(rule->line, ==, 2);
	}
	if (test->complaint) {
		const struct diagnostic *diagnostic = g_ptr_array_index(said, 0);
		g_assert_nonnull(strstr(diagnostic->text, test->complaint));
		g_assert_cmpstr(diagnostic->file, ==, scratch->path);
		g_assert_cmpuint(diagnostic->line, ==, 2);
	}
	filerules_free(rules);
}

static void
test_match(struct scratch *scratch, const void *data)
{
	struct filerules *rules = load(scratch, "allow\t\\.txt\\.exe$\t-\t-\n"
						"deny\t\\.exe$\texe\tNo programs\n"
						"deny\t-\t^image/\timage\tNo images\n"
						"deny\tx.{5}y\tdot\tDots stand for newlines\n"
						"deny\t^(a+)+$\tlimit\tEndless\n");
	static const struct {
		const char *name;
		unsigned line; /* 0: none */
		bool certain;
	} names[] = {
		{ "a.EXE", 2, true },
		{ "a.txt.exe", 1, true },
		{ "a.exe.txt", 0, true },
		{ "image/png", 0, true },
		{ "x\n\n\n\n\ny", 4, true },
		{ "", 0, true },
		{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", 5, false },
	};

	(void)data;
	g_assert_cmpstr(filerules_path(rules), ==, scratch->path);
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		bool certain = false;
		const struct file_rule *rule = filerules_match(rules, names[i].name, &certain);
		g_assert_cmpuint(rule ? rule->line : 0, ==, names[i].line);
		g_assert_cmpint(certain, ==, names[i].certain);
	}
	filerules_free(rules);
}

static void
test_unreadable(void)
{
	struct diagnostics *diagnostics = diagnostics_new();

	g_assert_null(filerules_load("/no/such/file", NULL, diagnostics));
	g_assert_cmpuint(diagnostics_count(diagnostics, SEVERITY_WARNING), ==, 1);
	diagnostics_free(diagnostics);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
		g_autofree char *name = g_strconcat("/filerules/", lines[i].why, NULL);
		g_test_add(name, struct scratch, &lines[i], set_up, test_line, tear_down);
	}
	g_test_add("/filerules/the first match decides, and a limit is no answer", struct scratch,
	    NULL, set_up, test_match, tear_down);
	g_test_add_func("/filerules/a missing file is said", test_unreadable);
	return g_test_run();
}
