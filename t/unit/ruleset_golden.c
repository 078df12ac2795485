/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rulesets of the recorded runs of MailScanner 5. There the client's address reached rules as
 * "[127.0.0.1]:60844", so no rule on addresses matched, and a network stopped the worker at each
 * message; here they say what they say.
 */
#include "t/unit/rules.h"

static const struct {
	const char *name;
	const char *envelope;
	const char *expected;
} cases[] = {
	{ "ip1.rules", "alice@sender.test bob@example.test 127.0.0.1", "yes" },
	{ "ip2.rules", "alice@sender.test bob@example.test 127.0.0.1", "yes" },
	{ "ip3.rules", "alice@sender.test bob@example.test 127.0.0.1", "yes" },
	{ "ip4.rules", "alice@sender.test bob@example.test 127.0.0.1", "yes" },
	{ "to.rules", "alice@sender.test bob@example.test 127.0.0.1", "yes" },
	{ "ip1.rules", "alice@sender.test bob@example.test 192.0.2.1", NULL },
	{ "ip2.rules", "alice@sender.test bob@example.test 192.0.2.1", NULL },
	{ "ip2.rules", "alice@sender.test bob@example.test [127.0.0.1]:60844", NULL },
	{ "ip3.rules", "alice@sender.test bob@example.test 192.0.2.1", NULL },
	{ "ip4.rules", "alice@sender.test bob@example.test 192.0.2.1", NULL },
	{ "to.rules", "alice@sender.test bob@example.org 127.0.0.1", NULL },
};

static void
test_golden(void)
{
	g_autofree char *directory =
	    g_test_build_filename(G_TEST_DIST, "..", "shared", "golden", "rules", NULL);
	struct ruleset_use use = { .directive = "Is Definitely Not Spam" };

	if (!g_file_test(directory, G_FILE_TEST_IS_DIR)) {
		g_test_skip("the recorded runs are not beside the project");
		return;
	}
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *path = g_build_filename(directory, cases[i].name, NULL);
		struct diagnostics *diagnostics = diagnostics_new();
		struct ruleset *set = ruleset_load(path, &use, diagnostics);
		struct subject *subject = rules_subject(cases[i].envelope);
		g_autofree char *value = rules_answer(set, subject);
		g_test_message("%s for %s", cases[i].name, cases[i].envelope);
		g_assert_cmpstr(value, ==, cases[i].expected);
		g_assert_cmpstr(ruleset_default(set).value, ==, "no");
		g_assert_cmpuint(diagnostics_list(diagnostics)->len, ==, 0);
		subject_free(subject);
		ruleset_free(set);
		diagnostics_free(diagnostics);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/ruleset/rulesets of recorded runs", test_golden);
	return g_test_run();
}
