/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mistakes in file rules are found before a message meets them. */
#include <string.h>

#include "t/unit/config_scratch.h"

static bool
is_fact(const char *word)
{
	return strcmp(word, "attached") == 0;
}

static void
test_all_files_are_checked(void)
{
	g_autofree char *plain = scratch_write("plain.conf", "frobnicate\tx\ty\tz\n");
	g_autofree char *ruled = scratch_write("ruled.conf", "deny\t(\tx\ty\n");
	g_autofree char *standard = scratch_write("standard.conf", "allow\t.\t-\t-\nnonsense\n");
	g_autofree char *rules = g_strdup_printf(
	    "From: a@b.example %s\nFromOrTo: default %s %s\n", ruled, standard, ruled);
	g_autofree char *ruleset = scratch_write("file.rules", rules);
	g_autofree char *text =
	    g_strdup_printf("Filename Rules = %s\nArchives: Filetype Rules = %s\n", ruleset, plain);
	struct diagnostics *diagnostics = diagnostics_new();
	struct config *config = scratch_load(text, NULL, NULL);

	config_check_file_rules(config, is_fact, diagnostics);
	g_autofree char *said = scratch_said(diagnostics, SEVERITY_WARNING);
	g_assert_nonnull(strstr(said, "@/plain.conf:1: error: "));
	g_assert_nonnull(strstr(said, "@/standard.conf:2: "));
	const char *first = strstr(said, "@/ruled.conf:1: error: ");
	g_assert_nonnull(first);
	g_assert_null(strstr(first + 1, "@/ruled.conf"));
	diagnostics_free(diagnostics);
	config_free(config);
}

static const char *const lists[] = { "Allow Filenames", "Deny Filenames", "Allow Filetypes",
	"Deny Filetypes", "Allow File MIME Types", "Deny File MIME Types",
	"Archives: Allow Filenames", "Archives: Deny Filenames", "Archives: Allow Filetypes",
	"Archives: Deny Filetypes", "Archives: Allow File MIME Types",
	"Archives: Deny File MIME Types" };

static void
test_lists(void)
{
	g_autofree char *ruleset = scratch_write(
	    "list.rules", "# x\nFrom: a@b.example good *(bad\nFromOrTo: default \\.ok$ fine)\n");
	g_autofree char *names = scratch_write("names.conf", "allow\tfact:attached\t-\t-\n"
							     "deny\tfact:attached+frob x\t-\t-\n");

	for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
		g_autofree char *plain = g_strdup_printf(
		    "Filename Rules = %s\n%s = *.ok [a-z]+ x{2,1} *y\n", names, lists[i]);
		g_autofree char *ruled = g_strdup_printf("%s = %s\n", lists[i], ruleset);
		struct diagnostics *diagnostics = diagnostics_new();
		struct config *config = scratch_load(plain, NULL, NULL);

		g_test_message("%s", lists[i]);
		config_check_file_rules(config, is_fact, diagnostics);
		config_free(config);
		config = scratch_load(ruled, NULL, NULL);
		config_check_file_rules(config, is_fact, diagnostics);
		config_free(config);
		g_autofree char *said = scratch_said(diagnostics, SEVERITY_ERROR);
		g_autofree char *first = g_strdup_printf(
		    ":2: error: %s: the expression x{2,1} is wrong and left out: ", lists[i]);
		g_autofree char *second =
		    g_strdup_printf("@/list.rules:2: error: %s: the expression *(bad is", lists[i]);
		g_autofree char *third =
		    g_strdup_printf("@/list.rules:3: error: %s: the expression fine) is", lists[i]);
		g_test_message("%s", said);
		g_assert_nonnull(strstr(said, first));
		g_assert_nonnull(strstr(said, " at character 6"));
		g_assert_nonnull(strstr(said, second));
		g_assert_nonnull(strstr(said, third));
		g_assert_nonnull(strstr(said,
		    "@/names.conf:2: error: \"frob\" is no fact, so the rule is for no file"));
		g_assert_null(strstr(said, "names.conf:1"));
		g_assert_null(strstr(said, "*.ok"));
		diagnostics_free(diagnostics);
	}
}

#define NOTHING                                          \
	"Filename Rules =\nArchives: Filename Rules =\n" \
	"Filetype Rules =\nArchives: Filetype Rules =\n"

static void
test_missing_file(void)
{
	struct diagnostics *diagnostics = diagnostics_new();
	struct config *config =
	    scratch_load(NOTHING "Filetype Rules = /no/such/rules.conf\n", NULL, NULL);

	config_check_file_rules(config, is_fact, diagnostics);
	g_autofree char *said = scratch_said(diagnostics, SEVERITY_ERROR);
	g_assert_nonnull(strstr(said, "/no/such/rules.conf: error: "));
	diagnostics_free(diagnostics);
	config_free(config);
}

static void
test_nothing_named(void)
{
	struct diagnostics *diagnostics = diagnostics_new();
	struct config *config = scratch_load(NOTHING, NULL, NULL);

	config_check_file_rules(config, is_fact, diagnostics);
	g_assert_cmpuint(diagnostics_list(diagnostics)->len, ==, 0);
	diagnostics_free(diagnostics);
	config_free(config);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	scratch_open();
	g_test_add_func("/filecheck/each file that a value or a rule names is read once",
	    test_all_files_are_checked);
	g_test_add_func("/filecheck/each expression of a list is compiled", test_lists);
	g_test_add_func("/filecheck/a file that is not there is an error", test_missing_file);
	g_test_add_func("/filecheck/where no file is named nothing is said", test_nothing_named);
	int status = g_test_run();

	scratch_close();
	return status;
}
