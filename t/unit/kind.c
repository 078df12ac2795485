/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/kind.h"

#include <glib/gstdio.h>
#include "t/unit/config_scratch.h"

struct kind_case {
	enum directive directive;
	const char *text, *expected; /* NULL: refused */
	const char *why;
};

static void
check(const struct kind_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *note = NULL;
		g_autofree char *kept =
		    kind_convert(table_row(cases[i].directive), cases[i].text, &note, &error);

		g_test_message("\"%s\": %s", cases[i].text, cases[i].why);
		g_assert_cmpstr(kept, ==, cases[i].expected);
		g_assert_true((kept == NULL) == (error != NULL));
	}
}

static void
test_words(void)
{
	static const struct kind_case cases[] = {
		{ DIRECTIVE_virus_scanning, "yes", "yes", "a word" },
		{ DIRECTIVE_virus_scanning, "YES", "yes", "any case" },
		{ DIRECTIVE_virus_scanning, " yes,  no ", "yes no", "several, with a comma" },
		{ DIRECTIVE_virus_scanning, "yes,,", NULL, "one comma only" },
		{ DIRECTIVE_virus_scanning, "a@b.example", "a@b.example", "historical" },
		{ DIRECTIVE_virus_scanning, "on", NULL, "only the words listed" },
		{ DIRECTIVE_virus_scanning, "1", NULL, "not what it is called inside" },
		{ DIRECTIVE_virus_scanning, "", NULL, "empty is no word" },
		{ DIRECTIVE_scan_messages, "Virus", "virus", "a third word" },
		{ DIRECTIVE_if_resolver_fails, "no-name", "no-name", "with a dash" },
		{ DIRECTIVE_mta, "Exim", "exim", "a word" },
		{ DIRECTIVE_mta, "exim4", "exim", "a text that holds it" },
		{ DIRECTIVE_mta, "mmdf", NULL, "none that is known" },
		{ DIRECTIVE_lock_type, "", "", "blank leaves it open" },
		{ DIRECTIVE_msmail_delivery_method, "qmqp", "QMQP", "as the table spells it" },
	};

	check(cases, G_N_ELEMENTS(cases));
}

static void
test_numbers(void)
{
	static const struct kind_case cases[] = {
		{ DIRECTIVE_max_children, "12", "12", "plain" },
		{ DIRECTIVE_max_children, "5k", "5000", "thousands" },
		{ DIRECTIVE_max_children, "10M", "10000000", "any case" },
		{ DIRECTIVE_max_children, "2g", "2000000000", "more than 32 bits" },
		{ DIRECTIVE_max_children, "1ki", "1024", "binary" },
		{ DIRECTIVE_max_children, "2Mi", "2097152", "binary" },
		{ DIRECTIVE_max_children, "1Gi", "1073741824", "binary" },
		{ DIRECTIVE_max_children, "1.5k", "1500", "a fraction of it" },
		{ DIRECTIVE_max_children, "1_000_000", "1000000", "underscores for reading" },
		{ DIRECTIVE_max_children, "-1", "-1", "negative" },
		{ DIRECTIVE_required_spamassassin_score, "5.5", "5.5", "a fraction" },
		{ DIRECTIVE_max_children, "7200s", "7200", "the rest is ignored" },
		{ DIRECTIVE_max_children, "5 7k", "5 7000", "several" },
		{ DIRECTIVE_max_children, "5 k", NULL, "a blank before the suffix" },
		{ DIRECTIVE_max_children, "five", NULL, "no digits" },
		{ DIRECTIVE_max_children, "", NULL, "nothing" },
		{ DIRECTIVE_max_children, "-", NULL, "no digits" },
		{ DIRECTIVE_max_children, "1.2.3", NULL, "a version" },
		{ DIRECTIVE_max_children, "99999999999999999999", NULL, "too large" },
		{ DIRECTIVE_max_children, "99999999999999999g", NULL, "too large" },
	};

	check(cases, G_N_ELEMENTS(cases));
}

static void
test_modes_and_texts(void)
{
	static const struct kind_case cases[] = {
		{ DIRECTIVE_quarantine_permissions, "0660", "0660", "octal" },
		{ DIRECTIVE_quarantine_permissions, "660", "660", "octal as well" },
		{ DIRECTIVE_quarantine_permissions, "0680", NULL, "no octal digit" },
		{ DIRECTIVE_quarantine_permissions, "rw-r--r--", NULL, "not symbolic" },
		{ DIRECTIVE_pid_file, "/nowhere/at/all.pid", "/nowhere/at/all.pid", "any path" },
		{ DIRECTIVE_pid_file, "all.pid", NULL, "not relative to anything" },
		{ DIRECTIVE_notices_to, "a@b.example,", "a@b.example", "one trailing comma goes" },
		{ DIRECTIVE_notices_to, "", "", "texts may be empty" },
		{ DIRECTIVE_mail_header, "X-My  Scan\tner:", "X-My-Scan-ner:", "blanks to dashes" },
		{ DIRECTIVE_mail_header, "X-My-Scanner", "X-My-Scanner", "the colon is optional" },
		{ DIRECTIVE_mail_header, "X-My Scanner", NULL, "blanks in a header's name" },
		{ DIRECTIVE_mail_header, "X-Sc\xc3\xa4nner:", NULL, "not ASCII" },
		{ DIRECTIVE_mail_header, "X-A: b:", NULL, "a colon inside" },
		{ DIRECTIVE_mail_header, ":", NULL, "no name" },
		{ DIRECTIVE_id_header, "", "", "no header" },
		{ DIRECTIVE_clean_header_value, "Found clean", "Found clean",
		    "no name of a header" },
		{ DIRECTIVE_scanned_subject_text, "a b:", "a b:", "not of that family" },
	};

	check(cases, G_N_ELEMENTS(cases));
}

static void
test_paths(void)
{
	g_autofree char *file = scratch_write("queue/file", "x"),
			*directory = scratch_path("queue");
	g_autofree char *command = scratch_write("command", "#!/bin/sh\n");
	g_autofree char *slash = g_strconcat(directory, "/", NULL);
	g_autofree char *absent = scratch_path("absent");
	g_autofree char *both = g_strconcat(file, "  ", command, NULL);
	g_autofree char *both_kept = g_strconcat(file, " ", command, NULL);
	g_autofree char *half = g_strconcat(file, " ", absent, NULL);
	g_autofree char *options = g_strconcat(command, " -x  -y", NULL);
	g_autofree char *options_kept = g_strconcat(command, " -x -y", NULL);
	const struct kind_case cases[] = {
		{ DIRECTIVE_rejection_report, file, file, "a file" },
		{ DIRECTIVE_rejection_report, "/dev/null", "/dev/null", "a device" },
		{ DIRECTIVE_rejection_report, both, both_kept, "several" },
		{ DIRECTIVE_rejection_report, half, NULL, "each must be there" },
		{ DIRECTIVE_rejection_report, directory, NULL, "a directory is no file" },
		{ DIRECTIVE_rejection_report, "file", NULL, "relative to nothing" },
		{ DIRECTIVE_quarantine_dir, directory, directory, "a directory" },
		{ DIRECTIVE_quarantine_dir, slash, directory, "one slash at the end goes" },
		{ DIRECTIVE_quarantine_dir, file, NULL, "a file is no directory" },
		{ DIRECTIVE_quarantine_dir, absent, absent, "perhaps not mounted" },
		{ DIRECTIVE_quarantine_dir, "queue", NULL, "relative to nothing" },
		{ DIRECTIVE_sendmail, options, options_kept, "only the first word is a path" },
		{ DIRECTIVE_sendmail, file, NULL, "not to be executed" },
		{ DIRECTIVE_sendmail, directory, NULL, "a directory is no command" },
		{ DIRECTIVE_sendmail, "", NULL, "nothing" },
	};

	g_assert_cmpint(g_chmod(command, 0755), ==, 0);
	g_assert_cmpint(g_chmod(file, 0644), ==, 0);
	check(cases, G_N_ELEMENTS(cases));
}

static void
test_notes(void)
{
	static const struct {
		enum directive directive;
		const char *text, *note; /* NULL: none */
	} cases[] = {
		{ DIRECTIVE_queue_scan_interval, "60", NULL },
		{ DIRECTIVE_queue_scan_interval, "60s",
		    "\"s\" is no part of a number and is ignored" },
		{ DIRECTIVE_syslog_facility, "local3", NULL },
		{ DIRECTIVE_lock_type, "posix or so",
		    "expected posix or flock; \"posix or so\" is taken for posix" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *note = NULL;

		g_free(kind_convert(table_row(cases[i].directive), cases[i].text, &note, NULL));
		g_assert_cmpstr(note, ==, cases[i].note);
	}
}

static void
test_facility(void)
{
	g_autofree char *note = NULL;
	g_autofree char *kept =
	    kind_convert(table_row(DIRECTIVE_syslog_facility), "postal", &note, NULL);

	g_assert_cmpstr(kept, ==, "postal");
	g_assert_true(g_str_has_prefix(note, "expected mail, auth, "));
}

int
main(int argc, char **argv)
{
	int status;

	g_test_init(&argc, &argv, NULL);
	scratch_open();
	g_test_add_func("/kind/words are spelt as the table spells them", test_words);
	g_test_add_func("/kind/numbers become plain decimals", test_numbers);
	g_test_add_func("/kind/modes are octal and texts are free", test_modes_and_texts);
	g_test_add_func("/kind/files and directories must be there", test_paths);
	g_test_add_func("/kind/a strange value that counts is remarked on", test_notes);
	g_test_add_func("/kind/a facility nobody knows is kept and remarked on", test_facility);
	status = g_test_run();
	scratch_close();
	return status;
}
