/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/classify.h"

#include "t/unit/config_scratch.h"

static void
test_classify(void)
{
	static const struct {
		enum directive directive;
		const char *text;
		enum source expected;
		const char *why;
	} cases[] = {
		{ DIRECTIVE_virus_scanning, "yes", SOURCE_PLAIN, "a word" },
		{ DIRECTIVE_virus_scanning, "/etc/x", SOURCE_RULESET, "a path can't be a word" },
		{ DIRECTIVE_virus_scanning, "/etc/x.txt", SOURCE_PLAIN, "but for texts" },
		{ DIRECTIVE_virus_scanning, "/etc/x.html", SOURCE_PLAIN, "but for texts" },
		{ DIRECTIVE_virus_scanning, "&Look(\"x\", 2)", SOURCE_FUNCTION, "with arguments" },
		{ DIRECTIVE_virus_scanning, "scan.customise", SOURCE_SQL, "a database" },
		{ DIRECTIVE_virus_scanning, "Scan.RuleSet", SOURCE_SQL, "a database" },
		{ DIRECTIVE_max_children, "&Look", SOURCE_FUNCTION, "even one for all mail" },
		{ DIRECTIVE_max_children, "5", SOURCE_PLAIN, "a digit" },
		{ DIRECTIVE_max_children, ".5", SOURCE_PLAIN, "a number" },
		{ DIRECTIVE_max_children, "size.rules", SOURCE_RULESET, "a relative name" },
		{ DIRECTIVE_rejection_report, "/a.txt", SOURCE_PLAIN, "a file" },
		{ DIRECTIVE_rejection_report, "/a.rules", SOURCE_RULESET, "by its ending" },
		{ DIRECTIVE_rejection_report, "/a.Rule b", SOURCE_RULESET, "of the first word" },
		{ DIRECTIVE_rejection_report, "a.rules", SOURCE_PLAIN, "not relative" },
		{ DIRECTIVE_sendmail, "/usr/sbin/rules -x", SOURCE_RULESET, "no dot needed" },
		{ DIRECTIVE_notices_to, "/no/such.rules", SOURCE_RULESET,
		    "one word, though missing" },
		{ DIRECTIVE_notices_to, "/no/such.rules a@b", SOURCE_PLAIN,
		    "two, and no such file" },
		{ DIRECTIVE_notices_to, "please customise rules", SOURCE_PLAIN, "words of a text" },
		{ DIRECTIVE_notices_to, "", SOURCE_PLAIN, "nothing" },
		{ DIRECTIVE_quarantine_dir, "/no/such", SOURCE_PLAIN, "no file" },
		{ DIRECTIVE_incoming_queue_dir, "/etc/x.rules", SOURCE_PLAIN, "never has rules" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		const struct table_row *row = table_row(cases[i].directive);

		g_test_message("%s = %s: %s", row->info.name, cases[i].text, cases[i].why);
		g_assert_cmpint(classify(row, cases[i].text), ==, cases[i].expected);
	}
}

static void
test_existing(void)
{
	g_autofree char *path = scratch_write("two words.rules", "");

	g_assert_cmpint(classify(table_row(DIRECTIVE_notices_to), path), ==, SOURCE_RULESET);
	g_assert_cmpint(classify(table_row(DIRECTIVE_quarantine_dir), path), ==, SOURCE_RULESET);
}

int
main(int argc, char **argv)
{
	int status;

	g_test_init(&argc, &argv, NULL);
	scratch_open();
	g_test_add_func("/classify/tells values from rulesets by their kind", test_classify);
	g_test_add_func("/classify/looks whether a file is there where it must", test_existing);
	status = g_test_run();
	scratch_close();
	return status;
}
