/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mailscanner.conf and the table say the same, and whole files load: ours, and one that sets every
 * directive of MailScanner 5.5.3 as its own file does.
 */
#include "rules/table.h"
#include "t/unit/config_scratch.h"

static char *
shipped_path(void)
{
	return g_test_build_filename(G_TEST_DIST, "mailscanner.conf", NULL);
}

/* What stands above a directive in the file. The caller's. */
static char *
comment_for(const struct table_row *row)
{
	GString *text = g_string_new(row->info.meaning);

	if (row->kind == KIND_enum || row->kind == KIND_loose) {
		g_auto(GStrv) words = g_strsplit(row->info.words, " ", -1);

		for (unsigned i = 0; words[i]; i++)
			g_string_append_printf(
			    text, "%s%s", i == 0 ? " (" : (words[i + 1] ? ", " : " or "), words[i]);
		g_string_append(text, ")");
	}
	if (row->match != MATCH_simple)
		g_string_append(text, " [rules]");
	if (row->info.unneeded != NULL)
		g_string_append_printf(text, " [unneeded: %s]", row->info.unneeded);
	else if (!row->info.read)
		g_string_append(text, " [idle]");
	return g_string_free(text, FALSE);
}

/* Compares a line that sets or shows a directive with the table. */
static void
check_setting(const char *line, const char *comment, unsigned *seen)
{
	const char *equals = strstr(line, " =");
	g_autofree char *name = g_strndup(line, equals - line);
	enum directive directive;
	const struct table_row *row;
	g_autofree char *expected = NULL;

	g_test_message("%s", name);
	g_assert_true(directive_named(name, &directive));
	row = table_row(directive);
	expected = comment_for(row);
	g_assert_cmpstr(name, ==, row->info.name);
	g_assert_cmpstr(comment, ==, expected);
	g_assert_cmpstr(equals + 2 + (equals[2] == ' '), ==, row->info.initial);
	seen[directive]++;
}

static void
test_table(void)
{
	g_autofree char *path = shipped_path(), *text = NULL;
	g_autoptr(GString) comment = g_string_new(NULL);
	g_auto(GStrv) lines = NULL;
	unsigned seen[DIRECTIVE_COUNT] = { 0 };

	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	lines = g_strsplit(text, "\n", -1);
	for (char **line = lines; *line; line++) {
		const char *setting = **line == '#' ? *line + 1 : *line;

		g_assert_cmpuint(strlen(*line), <=, 110);
		if (**line == '\0')
			g_string_truncate(comment, 0);
		else if (g_str_has_prefix(*line, "# "))
			g_string_append_printf(comment, "%s%s", comment->len ? " " : "", *line + 2);
		else if (*setting != '%' && strstr(setting, " ="))
			check_setting(setting, comment->str, seen);
	}
	for (unsigned i = 0; i < DIRECTIVE_COUNT; i++) {
		g_test_message("%s", directive_info((enum directive)i)->name);
		g_assert_cmpuint(seen[i], ==, 1);
	}
}

static void
test_loads(void)
{
	g_autofree char *path = shipped_path(), *said = NULL;
	struct diagnostics *diagnostics = diagnostics_new();
	gint64 start = g_get_monotonic_time();
	struct config *config = config_load(path, NULL, diagnostics);
	double milliseconds = (g_get_monotonic_time() - start) / 1000.0;
	g_autoptr(GPtrArray) idle = NULL;

	said = scratch_said(diagnostics, SEVERITY_WARNING);
	g_assert_cmpstr(said, ==, "");
	idle = config_idle_directives(config);
	g_assert_cmpuint(idle->len, ==, 0);
	g_test_minimized_result(milliseconds, "loaded in %.1f ms", milliseconds);
	g_assert_cmpfloat(milliseconds, <, 200);
	config_free(config);
	diagnostics_free(diagnostics);
}

/* The same file with every line active: all defaults are values that the file may hold. */
static void
test_all_set(void)
{
	g_autofree char *path = shipped_path(), *text = NULL, *said = NULL;
	g_autoptr(GString) active = g_string_new(NULL);
	g_auto(GStrv) lines = NULL, warnings = NULL;
	struct config *config;

	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	lines = g_strsplit(text, "\n", -1);
	for (char **line = lines; *line; line++)
		if (!g_str_has_prefix(*line, "include"))
			g_string_append_printf(active, "%s\n",
			    **line == '#' && g_ascii_isalnum((*line)[1]) ? *line + 1 : *line);
	config = scratch_load(active->str, NULL, &said);
	g_assert_nonnull(config);
	warnings = g_strsplit(said, "\n", -1);
	for (char **warning = warnings; **warning; warning++) {
		g_test_message("%s", *warning);
		g_assert_true(
		    strstr(*warning, " does not exist") || strstr(*warning, ": No such file"));
	}
	config_free(config);
}

/* A configuration file with each directive of the tsv as MailScanner 5.5.3's own file sets it. */
static char *
mailscanner5_file(const char *tsv)
{
	GString *text = g_string_new("%org-name% = acme\n%etc-dir% = /etc/MailScanner\n"
				     "%report-dir% = /usr/share/MailScanner/reports/en\n"
				     "%rules-dir% = /etc/MailScanner/rules\n");
	g_auto(GStrv) lines = g_strsplit(tsv, "\n", -1);

	for (char **line = lines + 1; *line && **line; line++) {
		g_auto(GStrv) columns = g_strsplit(*line, "\t", -1);
		const char *value = columns[6][0] ? columns[6] : columns[5];

		if (strcmp(value, "(absent)") == 0)
			continue;
		if (strcmp(value, "(release version)") == 0)
			value = "5.5.3";
		g_string_append_printf(
		    text, "%s = %s\n", columns[0], strcmp(value, "(blank)") == 0 ? "" : value);
	}
	return g_string_free(text, FALSE);
}

static bool
is_about_missing_files(const char *warning)
{
	return strstr(warning, " does not exist") || strstr(warning, ": No such file") ||
	       strstr(warning, "there is no ruleset");
}

static void
test_mailscanner5(void)
{
	g_autofree char *path =
	    g_test_build_filename(G_TEST_DIST, "..", "shared", "spec", "directives.tsv", NULL);
	g_autofree char *tsv = NULL, *text = NULL, *said = NULL;
	g_auto(GStrv) warnings = NULL;
	g_autoptr(GPtrArray) idle = NULL;
	struct config *config;
	gint64 start;

	if (!g_file_get_contents(path, &tsv, NULL, NULL)) {
		g_test_skip("no ../shared/spec/directives.tsv");
		return;
	}
	text = mailscanner5_file(tsv);
	start = g_get_monotonic_time();
	config = scratch_load(text, NULL, &said);
	g_test_message("loaded in %.1f ms", (g_get_monotonic_time() - start) / 1000.0);
	g_assert_nonnull(config);
	warnings = g_strsplit(said, "\n", -1);
	for (char **warning = warnings; **warning; warning++) {
		g_test_message("%s", *warning);
		g_assert_true(is_about_missing_files(*warning));
		g_assert_null(strstr(*warning, ": fatal: "));
	}
	idle = config_idle_directives(config);
	g_assert_cmpuint(idle->len, >, 0);
	config_free(config);
}

int
main(int argc, char **argv)
{
	int status;

	g_test_init(&argc, &argv, NULL);
	scratch_open();
	g_test_add_func("/shipped_conf/names each directive once, with its default", test_table);
	g_test_add_func("/shipped_conf/loads at once and without a warning", test_loads);
	g_test_add_func("/shipped_conf/loads with every line active", test_all_set);
	g_test_add_func("/shipped_conf/a file of MailScanner 5 loads", test_mailscanner5);
	status = g_test_run();
	scratch_close();
	return status;
}
