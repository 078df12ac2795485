/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Accessors and explanations over real rulesets. */
#include "rules/config.h"

#include "rules/resolver.h"
#include "t/unit/config_scratch.h"

static struct subject *
subject_of(const char *sender, const char *first, const char *second)
{
	const char *recipients[] = { first, second, NULL };

	return subject_new(sender, recipients, "192.0.2.1");
}

/* Makes the configuration in use: `directive` is set to a ruleset of this text. */
static void
use_rules(const char *directive, const char *rules)
{
	g_autofree char *path = scratch_write("test.rules", rules);
	g_autofree char *text = g_strdup_printf("%%site%% = acme\n%s = %s\n", directive, path);
	g_autofree char *said = NULL;

	config_free(config_use(scratch_load(text, NULL, &said)));
	g_assert_cmpstr(said, ==, "");
}

struct lookup_case {
	const char *name;
	enum directive directive;
	const char *rules;
	const char *value, *joined; /* joined NULL: one rule, or none */
	const char *reasons;	    /* "source:line source:line" */
};

static void
check_explanation(const struct lookup_case *expected, struct subject *subject)
{
	struct explanation *explanation =
	    config_explain(config_current(), expected->directive, subject);
	g_autoptr(GString) reasons = g_string_new(NULL);

	for (unsigned i = 0; i < explanation->reasons->len; i++) {
		const struct reason *reason = explanation->reasons->pdata[i];

		g_string_append_printf(
		    reasons, "%s%d:%u", i ? " " : "", reason->source, reason->line);
	}
	g_assert_cmpstr(explanation->value, ==, expected->value);
	g_assert_cmpstr(explanation->joined, ==, expected->joined);
	g_assert_cmpstr(reasons->str, ==, expected->reasons);
	g_assert_true(explanation->certain);
	explanation_free(explanation);
}

/* reasons: 0 default, 1 file, 2 override, 3 rule, 4 rule default, 5 unknown */
static const struct lookup_case cases[] = {
	{ "Virus Scanning", DIRECTIVE_virus_scanning,
	    "From: a@b.example no\nTo: *@d.example yes\nFromOrTo: default no\n", "yes",
	    "no yes yes", "3:1 3:2 3:2" },
	{ "Virus Scanning", DIRECTIVE_virus_scanning, "To: x@d.example no\nTo: default no\n", "no",
	    NULL, "4:2" },
	{ "Virus Scanning", DIRECTIVE_virus_scanning, "To: x@d.example no\n", "yes", NULL, "0:2" },
	{ "Add Envelope To Header", DIRECTIVE_add_envelope_to_header,
	    "To: c@d.example yes\nTo: e@d.example no\n", "no", "yes no", "3:1 3:2" },
	{ "Scan Messages", DIRECTIVE_scan_messages,
	    "To: c@d.example no\nTo: e@d.example virus\nTo: default yes\n", "virus", "no virus",
	    "3:1 3:2" },
	{ "Delivery Method", DIRECTIVE_delivery_method,
	    "To: c@d.example queue\nFrom: a@b.example batch\n", "queue", NULL, "3:1" },
	{ "Archive Mail", DIRECTIVE_archive_mail,
	    "From: a@b.example /a/%site%  /b\nTo: e@d.example c@d.example\n",
	    "/a/acme /b c@d.example", "/a/acme /b c@d.example", "3:1 3:2" },
	{ "SpamAssassin Rule Actions", DIRECTIVE_spamassassin_rule_actions,
	    "From: a@b.example A=>store\nTo: e@d.example B=>store\n", "A=>store,B=>store",
	    "A=>store,B=>store", "3:1 3:2" },
	{ "Mail Header", DIRECTIVE_mail_header,
	    "From: a@b.example X-%site% Scan:\nFrom: default X-Y Z:\n", "X-acme-Scan:", NULL,
	    "3:1" },
	{ "Mail Header", DIRECTIVE_mail_header,
	    "From: x@b.example X-X:\nFrom: default X-%site% Z:\n", "X-acme-Z:", NULL, "4:2" },
	{ "Maximum Message Size", DIRECTIVE_maximum_message_size,
	    "To: c@d.example 10M\nTo: default 0\n", "10000000", NULL, "3:1" },
	{ "Clamd Use Threads", DIRECTIVE_clamd_use_threads,
	    "From: a@b.example yes\nFrom: default no\n", "no", NULL, "4:2" },
};

static void
test_explained(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct subject *subject = subject_of("a@b.example", "c@d.example", "e@d.example");

		g_test_message("%s: %s", cases[i].name, cases[i].rules);
		use_rules(cases[i].name, cases[i].rules);
		check_explanation(&cases[i], subject);
		subject_free(subject);
	}
	config_free(config_use(NULL));
}

static void
test_accessors(void)
{
	struct subject *subject = subject_of("a@b.example", "c@d.example", "e@d.example");

	use_rules(cases[0].name, cases[0].rules);
	g_assert_true(virus_scanning_for(subject));
	g_assert_false(virus_scanning_for(NULL));
	use_rules(cases[3].name, cases[3].rules);
	g_assert_false(add_envelope_to_header_for(subject));
	use_rules(cases[4].name, cases[4].rules);
	g_assert_cmpint(scan_messages_for(subject), ==, WORD_virus);
	g_assert_cmpint(scan_messages_for(NULL), ==, WORD_yes);
	use_rules(cases[6].name, cases[6].rules);
	g_assert_cmpstr(archive_mail_for(subject), ==, "/a/acme /b c@d.example");
	g_assert_cmpstr(archive_mail_for(NULL), ==, "");
	use_rules(cases[9].name, cases[9].rules);
	g_assert_cmpstr(mail_header_for(subject), ==, "X-acme-Z:");
	g_assert_cmpstr(mail_header_for(NULL), ==, "X-acme-Z:");
	config_free(config_use(NULL));
	subject_free(subject);
}

/* An empty value counts in first mode, and as no rule at all where all rules count. */
static void
test_empty(void)
{
	struct subject *subject = subject_of("a@b.example", "c@d.example", "e@d.example");

	use_rules("ID Header", "From: a@b.example\nFrom: default X-ID:\n");
	g_assert_cmpstr(id_header_for(subject), ==, "");
	use_rules("Notices To", "From: a@b.example\nFrom: default me@b.example\n");
	g_assert_cmpstr(notices_to_for(subject), ==, "me@b.example");
	config_free(config_use(NULL));
	subject_free(subject);
}

static void
test_plain(void)
{
	g_autofree char *path = scratch_path("main.conf");
	const char *const overrides[] = { "MTA", "exim", "Max Children", "5", NULL };
	struct config *config =
	    scratch_load("Notices To = me\nVirus Scanning = hm\n", overrides, NULL);
	static const struct {
		enum directive directive;
		enum reason_source source;
		unsigned line;
		const char *text;
		bool is_default;
	} plain[] = {
		{ DIRECTIVE_notices_to, REASON_FILE, 1, "Notices To = me", false },
		{ DIRECTIVE_virus_scanning, REASON_DEFAULT, 2, "Virus Scanning = hm", true },
		{ DIRECTIVE_mta, REASON_OVERRIDE, 0, "MTA = exim", true },
		{ DIRECTIVE_max_children, REASON_OVERRIDE, 0, "Max Children = 5", true },
		{ DIRECTIVE_mail_header, REASON_DEFAULT, 0, NULL, true },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(plain); i++) {
		struct explanation *explanation = config_explain(config, plain[i].directive, NULL);
		const struct reason *reason = explanation->reasons->pdata[0];

		g_assert_cmpuint(explanation->reasons->len, ==, 1);
		g_assert_cmpint(reason->source, ==, plain[i].source);
		g_assert_cmpuint(reason->line, ==, plain[i].line);
		g_assert_cmpstr(reason->file, ==, plain[i].line ? path : NULL);
		g_assert_cmpstr(reason->text, ==, plain[i].text);
		g_assert_cmpint(explanation->is_default, ==, plain[i].is_default);
		explanation_free(explanation);
	}
	config_free(config);
}

static void
test_rule_text(void)
{
	struct subject *subject = subject_of("a@b.example", "c@d.example", NULL);
	g_autofree char *path = scratch_path("test.rules");
	struct explanation *explanation;
	const struct reason *reason;

	use_rules("Virus Scanning", "# first\nFrom:  a@b.example\tno\n");
	explanation = config_explain(config_current(), DIRECTIVE_virus_scanning, subject);
	reason = explanation->reasons->pdata[0];
	g_assert_cmpstr(reason->file, ==, path);
	g_assert_cmpuint(reason->line, ==, 2);
	g_assert_nonnull(strstr(reason->text, "a@b.example"));
	g_assert_false(explanation->is_default);
	explanation_free(explanation);
	subject_free(subject);
	config_free(config_use(NULL));
}

static void
test_bad_rules(void)
{
	g_autofree char *path = scratch_write(
	    "bad.rules", "From: a@b.example maybe\nFrom: c@b.example %nobody%\nFrom: default no\n");
	g_autofree char *text =
	    g_strdup_printf("Virus Scanning = %s\nMax Children = %s\n", path, path);
	g_autofree char *said = NULL;
	struct config *config = scratch_load(text, NULL, &said);

	g_assert_nonnull(config);
	g_assert_nonnull(strstr(said, "bad.rules:1: "));
	g_assert_nonnull(strstr(said, "expected no or yes, not \"maybe\""));
	g_assert_nonnull(strstr(said, "%nobody% is not defined"));
	g_assert_nonnull(strstr(said, "@/main.conf:2: warning: Max Children: this has one value"));
	config_free(config);
}

/* No name server listens there, and the rule needs the name of the client. */
static void
test_unknown(void)
{
	struct subject *subject = subject_of("a@b.example", "c@d.example", NULL);
	struct explanation *explanation;
	const struct reason *reason;

	g_assert_true(resolver_configure("127.0.0.1:1", 200, RESOLVER_FAILURE_UNKNOWN, NULL));
	use_rules("Virus Scanning", "From: host:x.example yes\nFrom: default no\n");
	g_assert_false(virus_scanning_for(subject));
	g_assert_nonnull(subject_doubt(subject));
	explanation = config_explain(config_current(), DIRECTIVE_virus_scanning, subject);
	g_assert_false(explanation->certain);
	g_assert_cmpstr(explanation->value, ==, "no");
	g_assert_cmpuint(explanation->reasons->len, ==, 2);
	reason = explanation->reasons->pdata[0];
	g_assert_cmpint(reason->source, ==, REASON_UNKNOWN);
	g_assert_cmpstr(reason->text, ==, subject_doubt(subject));
	explanation_free(explanation);
	config_free(config_use(NULL));
	subject_free(subject);
}

static void
test_speed(void)
{
	enum { CALLS = 2000000, LINES = 400 };
	g_autofree char *said = NULL;
	gint64 sum = 0, start = g_get_monotonic_time();
	double nanoseconds;

	config_use(scratch_load("Max Children = 3\n", NULL, &said));
	start = g_get_monotonic_time();
	for (int i = 0; i < CALLS; i++)
		sum += max_children_for(NULL) + (mail_header_for(NULL)[0] == 'X');
	nanoseconds = (g_get_monotonic_time() - start) * 1000.0 / CALLS / 2;
	g_test_minimized_result(nanoseconds, "a plain value: %.1f ns", nanoseconds);
	g_assert_cmpint(sum, ==, 4 * (gint64)CALLS);
	g_assert_cmpfloat(nanoseconds, <, 500);
	config_free(config_use(NULL));
}

int
main(int argc, char **argv)
{
	int status;

	g_test_init(&argc, &argv, NULL);
	scratch_open();
	g_test_add_func("/lookup/rules are joined, reduced and named", test_explained);
	g_test_add_func("/lookup/accessors ask the rules", test_accessors);
	g_test_add_func("/lookup/an empty value is one only where one rule decides", test_empty);
	g_test_add_func("/lookup/plain values have a line as their reason", test_plain);
	g_test_add_func("/lookup/a reason shows the rule", test_rule_text);
	g_test_add_func("/lookup/values of rules are checked when they are read", test_bad_rules);
	g_test_add_func("/lookup/what can't be found out is the default, and said", test_unknown);
	g_test_add_func("/lookup/a plain value costs next to nothing", test_speed);
	status = g_test_run();
	scratch_close();
	return status;
}
