/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/config.h"

#include "rules/table.h"
#include "t/unit/config_scratch.h"

/* The value without a message; the caller's. */
static char *
value_of(const struct config *config, enum directive directive)
{
	struct explanation *explanation = config_explain(config, directive, NULL);
	char *value = g_steal_pointer(&explanation->value);

	explanation_free(explanation);
	return value;
}

static void
test_lines(void)
{
	static const struct {
		const char *text;
		enum directive directive;
		const char *expected, *said, *why;
	} cases[] = {
		{ "", DIRECTIVE_max_children, "5", "", "the default" },
		{ "Max Children = 7", DIRECTIVE_max_children, "7", "", "set" },
		{ "max_children = 7", DIRECTIVE_max_children, "7", "", "folded" },
		{ "children = 7\nMax Children = 8", DIRECTIVE_max_children, "8", "", "the last" },
		{ "Max Children = 8\nchildren = 7", DIRECTIVE_max_children, "7", "", "the last" },
		{ "Max Children = many", DIRECTIVE_max_children, "5",
		    "@/main.conf:1: warning: Max Children: expected a number or a file of rules, "
		    "not "
		    "\"many\"; the default \"5\" is used\n",
		    "a number or a ruleset" },
		{ "Max Children = 1.2.3", DIRECTIVE_max_children, "5",
		    "@/main.conf:1: warning: Max Children: expected a number such as 20, 64k or "
		    "2Mi, "
		    "not \"1.2.3\"; the default \"5\" is used\n",
		    "no number" },
		{ "Max Children =", DIRECTIVE_max_children, "5", "", "a blank number" },
		{ "Quarantine Dir =", DIRECTIVE_quarantine_dir, "/var/spool/MailScanner/quarantine",
		    "", "a blank directory" },
		{ "Virus Scanning =", DIRECTIVE_virus_scanning, "yes",
		    "@/main.conf:1: warning: Virus Scanning: expected no or yes, not nothing; the "
		    "default \"yes\" is used\n",
		    "a blank word" },
		{ "Notices To =", DIRECTIVE_notices_to, "", "", "a blank text" },
		{ "Scan Messages = sometimes", DIRECTIVE_scan_messages, "yes",
		    "@/main.conf:1: warning: Scan Messages: expected no, virus or yes, not "
		    "\"sometimes\"; the default \"yes\" is used\n",
		    "not a word" },
		{ "\nMax Childrn = 3", DIRECTIVE_max_children, "5",
		    "@/main.conf:2: warning: Max Childrn: there is no such directive; did you mean "
		    "\"Max Children\"?\n",
		    "misspelt" },
		{ "Completely Unheard Of = 3", DIRECTIVE_max_children, "5",
		    "@/main.conf:1: warning: Completely Unheard Of: there is no such directive\n",
		    "unknown" },
		{ "%mta = exim", DIRECTIVE_mta, "exim", "", "a macro without its end" },
		{ "Monitors For ClamAV Updates = /x", DIRECTIVE_mta, "exim", "", "obsolete" },
		{ "%dir% = /a\nNotices To = %dir%/b\n", DIRECTIVE_notices_to, "/a/b", "",
		    "a macro" },
		{ "Notices To = %dir%b\n%dir% = /a", DIRECTIVE_notices_to, "b",
		    "@/main.conf:1: warning: Notices To: %dir% is not defined and stands for "
		    "nothing\n",
		    "a macro before its definition" },
		{ "%d% = 1\nNotices To = %d%\n%d% = 2", DIRECTIVE_notices_to, "1",
		    "@/main.conf:3: warning: %d% gets another value after it was used; lines above "
		    "keep the old one\n",
		    "expansion is immediate" },
		{ "Notice Signature = a\\nb", DIRECTIVE_notice_signature, "a\nb", "", "new line" },
		{ "Virus Scanning = &Look(1)", DIRECTIVE_virus_scanning, "yes", "", "a function" },
		{ "Virus Scanning = &Look;", DIRECTIVE_virus_scanning, "yes",
		    "@/main.conf:1: warning: Virus Scanning: the semicolon behind the function is "
		    "ignored\n",
		    "a function with a semicolon" },
		{ "Virus Scanning = &Look(1", DIRECTIVE_virus_scanning, "yes",
		    "@/main.conf:1: warning: Virus Scanning: expected &Name or &Name(arguments): "
		    "a comma or ) is missing at \"\"; the default \"yes\" is used\n",
		    "a function whose arguments don't end" },
		{ "Max Children = &Look", DIRECTIVE_max_children, "5",
		    "@/main.conf:1: warning: Max Children: this has one value for all mail, for "
		    "which no function is asked; the default \"5\" is used\n",
		    "a function for all mail" },
		{ "Notices To = notices.customize", DIRECTIVE_notices_to, "postmaster",
		    "@/main.conf:1: warning: Notices To: notices.customize is accepted, without "
		    "effect in this version; the default \"postmaster\" is used\n",
		    "a database" },
		{ "Rejection Report = /no/such/file", DIRECTIVE_rejection_report,
		    "/usr/share/MailScanner/reports/en/rejection.report.txt",
		    "@/main.conf:1: warning: Rejection Report: expected a file, but /no/such/file "
		    "does "
		    "not exist; the default "
		    "\"/usr/share/MailScanner/reports/en/rejection.report.txt\" is used\n",
		    "a missing file" },
		{ "MailScanner Version Number = 5.5.3", DIRECTIVE_mailscanner_version_number,
		    "5.5.3", "", "a version" },
		{ "MailScanner Version Number = 6.1", DIRECTIVE_mailscanner_version_number, "6.1",
		    "", "a later version is worth an info only" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *said = NULL, *value = NULL;
		struct config *config = scratch_load(cases[i].text, NULL, &said);

		g_test_message("%s: %s", cases[i].text, cases[i].why);
		g_assert_nonnull(config);
		value = value_of(config, cases[i].directive);
		g_assert_cmpstr(said, ==, cases[i].said);
		g_assert_cmpstr(value, ==, cases[i].expected);
		config_free(config);
	}
}

static void
test_fatal(void)
{
	struct diagnostics *diagnostics = diagnostics_new();
	g_autofree char *said = NULL;

	g_assert_null(config_load("/no/such/file", NULL, diagnostics));
	g_assert_cmpuint(diagnostics_count(diagnostics, SEVERITY_FATAL), ==, 1);
	diagnostics_free(diagnostics);
	g_assert_null(scratch_load("Max Children = 3\nnonsense\nmore nonsense\n", NULL, &said));
	g_assert_nonnull(strstr(said, "@/main.conf:2: fatal: "));
	g_assert_nonnull(strstr(said, "@/main.conf:3: fatal: "));
}

static void
test_overrides(void)
{
	const char *const good[] = { "maxchildren", "2", "Notices To", "%who%", NULL };
	const char *const bad[] = { "Max Childen", "2", NULL };
	g_autofree char *said = NULL, *children = NULL, *notices = NULL;
	struct config *config = scratch_load("Max Children = 9\n%who% = me\n", good, NULL);

	children = value_of(config, DIRECTIVE_max_children);
	notices = value_of(config, DIRECTIVE_notices_to);
	g_assert_cmpstr(children, ==, "2");
	g_assert_cmpstr(notices, ==, "me");
	config_free(config);
	g_assert_null(scratch_load("", bad, &said));
	g_assert_cmpstr(said, ==,
	    "fatal: Max Childen: there is no such directive; did you mean \"Max Children\"?\n");
}

static void
test_profile(void)
{
	const char *const compat[] = { "Profile", "compat", NULL };
	struct config *standard = scratch_load("%org-name% = acme\n", NULL, NULL);
	struct config *last = scratch_load("Mail Header = X-Mine:\nProfile = compat\n", NULL, NULL);
	struct config *override = scratch_load("", compat, NULL);
	g_autofree char *ours = value_of(standard, DIRECTIVE_mail_header);
	g_autofree char *mine = value_of(last, DIRECTIVE_mail_header);
	g_autofree char *theirs = value_of(override, DIRECTIVE_mail_header);

	g_assert_cmpstr(ours, ==, "X-acme-MailScanner:");
	g_assert_cmpstr(mine, ==, "X-Mine:");
	g_assert_cmpstr(theirs, ==, "X-MailScanner:");
	for (unsigned i = 0; i < DIRECTIVE_COUNT; i++) {
		g_autofree char *value = value_of(override, (enum directive)i);
		g_auto(GStrv) lines =
		    g_strsplit(directive_info((enum directive)i)->compat, "\\n", -1);
		g_autofree char *expected = g_strjoinv("\n", lines);

		if (i != DIRECTIVE_profile)
			g_assert_cmpstr(value, ==, expected);
	}
	config_free(standard);
	config_free(last);
	config_free(override);
}

/* What keeps the DKIM signature of a message that nothing needs to change. */
static void
test_signatures(void)
{
	struct config *before = config_use(scratch_load("", NULL, NULL));

	g_assert_null(before);
	g_assert_cmpint(multiple_headers_for(NULL), ==, WORD_add);
	g_assert_true(place_new_headers_at_top_of_message_for(NULL));
	g_assert_cmpint(scanned_modify_subject_for(NULL), ==, WORD_no);
	g_assert_cmpstr(directive_info(DIRECTIVE_sign_clean_messages)->initial, ==, "no");
	config_free(config_use(NULL));
}

static void
test_placeholders(void)
{
	const char *placeholders = "%org-name% = yoursite\n"
				   "%org-long-name% = Your Organisation Name Here\n"
				   "%web-site% = www.your-organisation.com\n"
				   "Notices From = %org-name%\n";
	g_autofree char *half = g_strconcat(placeholders, "%org-name% = acme\n", NULL);
	g_autofree char *said = NULL, *guessed = NULL, *kept = NULL;
	struct config *config = scratch_load(placeholders, NULL, &said);

	guessed = value_of(config, DIRECTIVE_notices_from);
	g_assert_cmpstr(guessed, !=, "yoursite");
	g_assert_cmpstr(guessed, !=, "");
	g_assert_null(strpbrk(guessed, ". "));
	g_assert_nonnull(strstr(said, "are not set for your site"));
	config_free(config);
	config = scratch_load(half, NULL, NULL);
	kept = value_of(config, DIRECTIVE_notices_from);
	g_assert_cmpstr(kept, ==, "yoursite");
	config_free(config);
}

static void
test_odd_site_name(void)
{
	g_autofree char *said = NULL, *header = NULL;
	struct config *config = scratch_load("%org-name% = A\xc3\x84:B\n", NULL, &said);

	header = value_of(config, DIRECTIVE_mail_header);
	g_assert_cmpstr(header, ==, "X-MailScanner:");
	g_assert_nonnull(strstr(said, "warning: Mail Header: expected the name of a header"));
	config_free(config);
}

static void
test_idle(void)
{
	const char *const overrides[] = { "Spam List", "x", NULL };
	struct config *config =
	    scratch_load("Spam Checks = yes\nMax Children = 2\n", overrides, NULL);
	g_autoptr(GPtrArray) idle = config_idle_directives(config);

	g_assert_cmpuint(idle->len, ==, 2);
	for (unsigned i = 0; i < idle->len; i++)
		g_assert_false(
		    directive_info((enum directive)GPOINTER_TO_INT(idle->pdata[i]))->read);
	config_free(config);
}

/* A file of pieces that mean something, in an order that means nothing. */
static void
test_hostile(void)
{
	static const char *const pieces[] = { "Max Children", "Notices To", "Virus Scanning",
		"Sendmail", "Quarantine Dir", "Mail Header", "Quarantine Permissions", " = ", "=",
		"\n", "\n", "%", "%a%", "$", "${", "}", "#", "\\n", "&", "(", "/", "/etc/passwd",
		".rules", ".customise", "yes", ",", "@", "-", "1e9", "9", "k", "_", ".", "include ",
		"*", "~", "[", "\x01", "\xff", "\r", "include /dev/zero\n", ":" };

	for (int i = 0; i < 500; i++) {
		g_autoptr(GString) text = g_string_new(NULL);
		struct config *config;

		for (int length = g_test_rand_int_range(0, 60); length > 0; length--)
			g_string_append(
			    text, pieces[g_test_rand_int_range(0, G_N_ELEMENTS(pieces))]);
		config = scratch_load(text->str, NULL, NULL);
		for (unsigned d = 0; config && d < DIRECTIVE_COUNT; d++)
			g_free(value_of(config, (enum directive)d));
		config_free(config);
	}
}

static void
test_no_file(void)
{
	struct diagnostics *diagnostics = diagnostics_new();
	struct config *config = config_load(NULL, NULL, diagnostics);

	g_assert_null(config_path(config));
	g_assert_cmpuint(diagnostics_count(diagnostics, SEVERITY_INFO), ==, 0);
	config_free(config);
	diagnostics_free(diagnostics);
	config_free(NULL);
}

int
main(int argc, char **argv)
{
	int status;

	g_test_init(&argc, &argv, NULL);
	scratch_open();
	g_test_add_func("/config/gives values, or says with file and line why not", test_lines);
	g_test_add_func("/config/does not load when a line makes no sense", test_fatal);
	g_test_add_func("/config/obeys the command line before the file", test_overrides);
	g_test_add_func("/config/has the defaults of its profile", test_profile);
	g_test_add_func("/config/does not break signatures by default", test_signatures);
	g_test_add_func("/config/names the site after the host until it is set", test_placeholders);
	g_test_add_func(
	    "/config/never makes a bad header from the name of a site", test_odd_site_name);
	g_test_add_func("/config/knows which settings have no effect", test_idle);
	g_test_add_func("/config/can do without a file", test_no_file);
	g_test_add_func("/config/bears files that make no sense at all", test_hostile);
	status = g_test_run();
	scratch_close();
	return status;
}
