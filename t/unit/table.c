/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/table.h"

#include <string.h>
#include "rules/kind.h"
#include "rules/macros.h"
#include "rules/reduce.h"

static void
test_names(void)
{
	static const struct {
		const char *name;
		int directive; /* -1: none */
		const char *why;
	} cases[] = {
		{ "Max Children", DIRECTIVE_max_children, "as in the file" },
		{ "maxchildren", DIRECTIVE_max_children, "folded" },
		{ "MAX-CHILDREN!", DIRECTIVE_max_children, "punctuation does not count" },
		{ "children", DIRECTIVE_max_children, "MailScanner 5's internal name" },
		{ "archives_allow.filenames", DIRECTIVE_archives_allow_filenames, "colon gone" },
		{ "Archives: Allow Filenames", DIRECTIVE_archives_allow_filenames, "colon" },
		{ "spamwhitelist", DIRECTIVE_is_definitely_not_spam, "alias" },
		{ "lastlookup", DIRECTIVE_always_looked_up_last, "alias" },
		{ "Max Childre", -1, "one letter short" },
		{ "Max Childrens", -1, "one letter more" },
		{ "", -1, "nothing" },
		{ "%%%", -1, "nothing that counts" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		enum directive directive = DIRECTIVE_COUNT;
		bool found = directive_named(cases[i].name, &directive);

		g_test_message("%s", cases[i].why);
		g_assert_cmpint(found, ==, cases[i].directive >= 0);
		if (found)
			g_assert_cmpint(directive, ==, cases[i].directive);
	}
}

static void
test_suggestions(void)
{
	static const struct {
		const char *name, *expected;
	} cases[] = {
		{ "Max Childrn", "\"Max Children\"" },
		{ "Max Chidlren", "\"Max Children\"" },
		{ "Virus Scaning", "\"Virus Scanning\"" },
		{ "Spam Modify Subjects", "\"Spam Modify Subject\"" },
		{ "Sendmail3", "\"Sendmail\" or \"Sendmail2\"" },
		{ "MT", NULL },
		{ "Something Else Entirely", NULL },
	};
	g_autofree char *long_name = g_strnfill(1000000, 'x');

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *suggestion = table_suggest(cases[i].name);

		g_assert_cmpstr(suggestion, ==, cases[i].expected);
	}
	g_assert_null(table_suggest(long_name));
}

static void
test_obsolete(void)
{
	g_assert_true(table_obsolete("Virus Scanning Before Spam Or MCP"));
	g_assert_true(table_obsolete("Spam Prepend Subject"));
	g_assert_true(table_obsolete("ClamAVmodule Maximum Files"));
	g_assert_false(table_obsolete("Spam Modify Subject"));
}

/* Whether every word of the row is a word of the table, spelt the same. */
static void
check_words(const struct directive_info *info)
{
	g_auto(GStrv) words = g_strsplit(info->words, " ", -1);

	for (char **word = words; *word; word++) {
		enum word found = table_word(*word, strlen(*word));

		g_assert_cmpint(found, !=, WORD_NONE);
		g_assert_cmpstr(table_word_text(found), ==, *word);
	}
}

static bool
is_checked(const struct table_row *row)
{
	return row->kind != KIND_file && row->kind != KIND_dir && row->kind != KIND_command;
}

/* Whether the default is a value that the directive may have. */
static void
check_default(const struct table_row *row, const char *initial)
{
	struct macros *macros = macros_new();
	g_autoptr(GError) error = NULL;
	g_autofree char *expanded = NULL, *kept = NULL, *note = NULL;

	macros_define(macros, "%org-name%", "example");
	expanded = macros_expand(macros, initial, true, NULL);
	macros_free(macros);
	kept = kind_convert(row, expanded, &note, &error);
	g_assert_no_error(error);
	g_assert_null(note);
	g_assert_cmpstr(kept, ==, expanded);
}

static void
test_rows(void)
{
	unsigned ours = 0;

	for (unsigned i = 0; i < DIRECTIVE_COUNT; i++) {
		const struct table_row *row = table_row((enum directive)i);
		const struct directive_info *info = &row->info;
		enum directive named;

		g_test_message("%s", info->name);
		g_assert_true(directive_named(info->name, &named));
		g_assert_cmpint(named, ==, i);
		g_assert_true(info->alias[0] == '\0' || directive_named(info->alias, &named));
		g_assert_cmpint(named, ==, i);
		g_assert_true(g_str_has_suffix(info->meaning, "."));
		g_assert_null(strpbrk(info->initial, "#\n"));
		if (row->kind <= KIND_loose)
			check_words(info);
		if (is_checked(row)) {
			check_default(row, info->initial);
			check_default(row, info->compat);
		}
		ours += info->ours;
	}
	g_assert_cmpuint(DIRECTIVE_COUNT - ours, ==, 398);
}

/* The rules that MailScanner 5 installs are named by its configuration; ours are defaults. */
static bool
names_rules(enum directive directive)
{
	return directive == DIRECTIVE_filename_rules || directive == DIRECTIVE_filetype_rules ||
	       directive == DIRECTIVE_archives_filename_rules ||
	       directive == DIRECTIVE_archives_filetype_rules;
}

/* The table of MailScanner 5.5.3's directives that lies beside the project on some machines. */
static void
test_facts(void)
{
	static const char *const kinds[] = { "yesno", "enum", "enum", "number", "file", "dir",
		"file", "command", "string", "string" };
	g_autofree char *path =
	    g_test_build_filename(G_TEST_DIST, "..", "shared", "spec", "directives.tsv", NULL);
	g_autofree char *text = NULL;
	g_auto(GStrv) lines = NULL;
	unsigned rows = 0;

	if (!g_file_get_contents(path, &text, NULL, NULL)) {
		g_test_skip("no ../shared/spec/directives.tsv");
		return;
	}
	lines = g_strsplit(text, "\n", -1);
	for (char **line = lines + 1; *line && **line; line++, rows++) {
		g_auto(GStrv) columns = g_strsplit(*line, "\t", -1);
		enum directive directive;
		const struct table_row *row;
		g_autofree char *internal = NULL;

		g_test_message("%s", columns[0]);
		g_assert_true(directive_named(columns[0], &directive));
		row = table_row(directive);
		internal = table_internal_name(directive);
		g_assert_cmpstr(row->info.name, ==, columns[0]);
		g_assert_cmpstr(internal, ==, columns[9]);
		if (row->kind != KIND_mode && directive != DIRECTIVE_milter_pid_file)
			g_assert_cmpstr(kinds[row->kind], ==, columns[3]);
		if (directive != DIRECTIVE_rejection_report && !names_rules(directive))
			g_assert_cmpstr(row->info.compat, ==, columns[5]);
	}
	g_assert_cmpuint(rows, ==, 398);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/table/names are compared by letters and digits", test_names);
	g_test_add_func("/table/a misspelt name brings the right one to mind", test_suggestions);
	g_test_add_func("/table/names of old versions are known as obsolete", test_obsolete);
	g_test_add_func("/table/rows are consistent, and defaults are good values", test_rows);
	g_test_add_func("/table/the compat profile has MailScanner 5's defaults", test_facts);
	return g_test_run();
}
