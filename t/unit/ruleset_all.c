/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All mode: which values contribute, how often and in which order. Also what counts as a default
 * rule, several recipients, and reports.
 */
#include "rules/ruleset.h"

#include <string.h>

#include "t/unit/rules.h"

struct test {
	const char *why;
	const char *rules;
	const char *envelope;
	const char *expected; /* the values joined by blanks; NULL: none */
};

static const struct test all[] = {
	{ "every rule that matches, in file order", "To: y.z one\nFrom: b.c two\n", "a@b.c x@y.z",
	    "one two" },
	{ "once for each recipient", "To: y.z 1\nTo: k@q.r 0\n", "a@b.c x@y.z,w@y.z,k@q.r",
	    "1 1 0" },
	{ "once for the sender and once for each recipient", "FromOrTo: b.c 1\n",
	    "a@b.c k@b.c,l@b.c,x@y.z", "1 1 1" },
	{ "FromAndTo: once", "FromAndTo: b.c 1\n", "a@b.c k@b.c,l@b.c", "1" },
	{ "a network once", "FromOrTo: 10.0.0.0/8 1\nFrom: 10. 2\n", "a@b.c x@y.z 10.1.1.1",
	    "1 2" },
	{ "an expression for each recipient", "FromOrTo: /b/ 1\n", "a@b.c k@b.c,l@b.c,x@y.z",
	    "1 1 1" },
	{ "an expression of FromAndTo: once", "FromAndTo: /b/ 1\n", "a@b.c k@b.c,l@b.c", "1" },
	{ "a client expression once", "FromOrTo: /^10\\./ 1\n", "a@b.c x@y.z 10.1.1.1", "1" },
	{ "stars on both sides for each", "To: *@*mid* 1\n", "- a@amid.z,b@mids.z,c@y.z", "1 1" },
	{ "with \"and\" the second half counts", "From: b.c and To: y.z 1\n", "a@b.c x@y.z,w@y.z",
	    "1 1" },
	{ "with \"and\" the first half only has to fit", "To: y.z and From: b.c 1\n",
	    "a@b.c x@y.z,w@y.z", "1" },
	{ "with \"and\" and an expression first", "To: /y/ and To: y.z 1\n", "a@b.c x@y.z,w@y.z",
	    "1 1" },
	{ "blanks are squeezed", "To: y.z  one   two\t three \n", "- x@y.z", "one two three" },
	{ "empty values don't count", "To: y.z\nFrom: default d\n", "- x@y.z", NULL },
	{ "empty values beside others", "To: y.z\nTo: y.z 1\n", "- x@y.z", "1" },
	{ "tried and found rules keep the order", "To: /x/ 1\nTo: y.z 2\nTo: *@*y* 3\nTo: x@ 4\n",
	    "- x@y.z", "1 2 3 4" },
	{ "the same recipient twice", "To: y.z 1\n", "- x@y.z,x@y.z", "1 1" },
	{ "nothing matches", "To: q.r 1\n", "- x@y.z", NULL },
};

static const struct test multiple[] = {
	{ "one recipient is itself", "To: x@y.z 1\nTo: y.z 2\n", "- x@y.z", "1 2" },
	{ "one domain: rules for the domain", "To: x@y.z 1\nTo: y.z 2\nTo: *@*.z 3\n",
	    "- x@y.z,w@Y.Z", "2 3" },
	{ "one domain: the sender is as ever", "FromOrTo: y.z 1\n", "a@y.z x@y.z,w@y.z", "1 1" },
	{ "several domains: no rule for a domain", "To: y.z 1\nTo: q.r 2\n", "- x@y.z,w@q.r",
	    NULL },
	{ "several domains: an expression", "To: /^\\*@\\*$/ 1\nTo: /z/ 2\n", "- x@y.z,w@q.r",
	    "1" },
	{ "FromAndTo: with one domain", "FromAndTo: y.z 1\n", "a@y.z x@y.z,w@y.z", "1" },
	{ "networks are as ever", "From: 10. 1\n", "- x@y.z,w@q.r 10.1.1.1", "1" },
};

struct test_default {
	const char *why;
	const char *rules;
	const char *value; /* NULL: none */
	unsigned line;
	unsigned rules_left;
};

static const struct test_default defaults[] = {
	{ "default", "From: default a\n", "a", 1, 0 },
	{ "in any case", "To: DEFAULT a\n", "a", 1, 0 },
	{ "a star", "To: * a\n", "a", 1, 0 },
	{ "a star at a star", "To: *@* a\n", "a", 1, 0 },
	{ "any expression", "To: /.*/ a\n", "a", 1, 0 },
	{ "any host", "From: host:/.*/ a\n", "a", 1, 0 },
	{ "virus default", "Virus: default a\n", "a", 1, 0 },
	{ "virus star", "Virus: * a\n", "a", 1, 0 },
	{ "the last one wins", "To: * a\nFrom: b.c x\nFromOrTo: default b\n", "b", 3, 1 },
	{ "both halves", "From: * and To: default a\n", "a", 1, 0 },
	{ "one half only is no default", "From: * and To: b.c a\n", NULL, 0, 1 },
	{ "a longer pattern is no default", "From: *@*.* a\n", NULL, 0, 1 },
	{ "an empty value is a default", "From: default\n", "", 1, 0 },
	{ "no rules at all", "# nothing\n\n", NULL, 0, 0 },
};

static const struct test reports[] = {
	{ "once for each report", "Virus: eicar 1\n", "- x@y.z", "1 1" },
	{ "case does not matter", "Virus: EICAR 1\n", "- x@y.z", "1 1" },
	{ "a star within", "Virus: clam*eicar 1\n", "- x@y.z", "1" },
	{ "a slash and a minus", "Virus: w97m/melissa-a 1\n", "- x@y.z", "1" },
	{ "an expression", "Virus: /^(clam|klez).*eicar/ 1\n", "- x@y.z", "1" },
	{ "digits and dots are text", "Virus: 97 1\n", "- x@y.z", "1" },
	{ "nothing of the kind", "Virus: klez 1\n", "- x@y.z", NULL },
	{ "with a recipient", "Virus: eicar and To: y.z 1\n", "- x@y.z", "1" },
	{ "host: never", "Virus: host:eicar 1\n", "- x@y.z", NULL },
};

static struct ruleset *
parse(const char *text, bool all_mode, bool wildcard)
{
	struct ruleset_use use = {
		.directive = "Test", .all = all_mode, .wildcard_recipients = wildcard
	};
	struct diagnostics *diagnostics = diagnostics_new();
	struct ruleset *set = ruleset_parse("t.rules", text, strlen(text), &use, diagnostics);

	diagnostics_free(diagnostics);
	return set;
}

static void
check(const struct test *test, bool wildcard, struct subject *subject)
{
	struct ruleset *set = parse(test->rules, true, wildcard);
	g_autofree char *values = rules_answer(set, subject);

	g_assert_cmpstr(values, ==, test->expected);
	ruleset_free(set);
	subject_free(subject);
}

static void
test_all(const void *data)
{
	const struct test *test = data;

	check(test, false, rules_subject(test->envelope));
}

static void
test_multiple(const void *data)
{
	const struct test *test = data;

	check(test, true, rules_subject(test->envelope));
}

static void
test_reports(const void *data)
{
	const struct test *test = data;
	struct subject *subject = rules_subject(test->envelope);

	subject_add_report(subject, "ClamAV found Eicar-Test\nin eicar.com\n");
	subject_add_report(subject, "Other: w97m/Melissa-A and EICAR\n");
	check(test, false, subject);
}

static void
test_default(const void *data)
{
	const struct test_default *test = data;
	struct ruleset *set = parse(test->rules, false, false);
	struct rule_hit hit = ruleset_default(set);

	g_assert_cmpstr(hit.value, ==, test->value);
	g_assert_cmpuint(hit.line, ==, test->line);
	g_assert_cmpuint(ruleset_rules(set), ==, test->rules_left);
	ruleset_free(set);
}

static void
test_no_reports(void)
{
	struct ruleset *set = parse("Virus: eicar 1\n", true, false);
	struct subject *subject = rules_subject("- x@y.z");

	g_assert_null(rules_answer(set, subject));
	subject_free(subject);
	ruleset_free(set);
}

#define ADD(table, function)                                                                     \
	for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {                                       \
		g_autofree char *name = g_strconcat("/ruleset/" #table "/", table[i].why, NULL); \
		g_test_add_data_func(name, &table[i], function);                                 \
	}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD(all, test_all)
	ADD(multiple, test_multiple)
	ADD(defaults, test_default)
	ADD(reports, test_reports)
	g_test_add_func("/ruleset/reports/before scanning no rule matches", test_no_reports);
	return g_test_run();
}
