/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/reduce.h"

static void
test_reduce(void)
{
	static const struct {
		enum directive directive;
		const char *joined, *expected, *why;
	} cases[] = {
		{ DIRECTIVE_virus_scanning, "no yes no", "yes", "any yes" },
		{ DIRECTIVE_virus_scanning, "no no", "no", "any yes" },
		{ DIRECTIVE_virus_scanning, "a@b.example", "no", "not a word" },
		{ DIRECTIVE_add_envelope_from_header, "yes no", "no", "no no" },
		{ DIRECTIVE_add_envelope_from_header, "yes yes", "yes", "no no" },
		{ DIRECTIVE_add_envelope_to_header, "yes no yes", "no", "only yes" },
		{ DIRECTIVE_add_envelope_to_header, "yes yes", "yes", "only yes" },
		{ DIRECTIVE_attach_image_to_html_message_only, "yes no", "no", "any no attaches" },
		{ DIRECTIVE_use_spamassassin, "no no", "no", "not true because it is not empty" },
		{ DIRECTIVE_scan_messages, "no virus", "virus", "virus over no" },
		{ DIRECTIVE_scan_messages, "virus yes no", "yes", "yes over all" },
		{ DIRECTIVE_allow_script_tags, "yes disarm", "disarm", "stricter" },
		{ DIRECTIVE_allow_script_tags, "disarm no yes", "no", "strictest" },
		{ DIRECTIVE_allow_script_tags, "yes yes", "yes", "all allow" },
		{ DIRECTIVE_missing_mail_archive_is, "file directory", "directory",
		    "any directory" },
		{ DIRECTIVE_use_tnef_contents, "replace replace", "replace", "all replace" },
		{ DIRECTIVE_use_tnef_contents, "no replace", "add", "added, but not dropped" },
		{ DIRECTIVE_use_tnef_contents, "replace add", "add", "not dropped" },
		{ DIRECTIVE_use_tnef_contents, "no add", "add", "added" },
		{ DIRECTIVE_use_tnef_contents, "no no", "no", "left" },
		{ DIRECTIVE_phishing_modify_subject, "yes end no", "end", "end wins" },
		{ DIRECTIVE_phishing_modify_subject, "no start", "start", "start over no" },
		{ DIRECTIVE_treat_invalid_watermarks_with_no_sender_as_spam, "spam high 5", "high",
		    "the harshest" },
		{ DIRECTIVE_treat_invalid_watermarks_with_no_sender_as_spam, "5 5", "5",
		    "a number" },
		{ DIRECTIVE_treat_invalid_watermarks_with_no_sender_as_spam, "whatever", "nothing",
		    "else nothing" },
		{ DIRECTIVE_maximum_message_size, "10 20", "10", "the first number" },
		{ DIRECTIVE_required_spamassassin_score, "5.5", "5.5", "with its fraction" },
		{ DIRECTIVE_archive_mail, "/a b@c /a", "/a b@c /a", "texts stay joined" },
		{ DIRECTIVE_lock_type, "", "", "nothing" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		const struct table_row *row = table_row(cases[i].directive);
		g_autofree char *text = reduce_text(row, cases[i].joined);

		g_test_message("%s: \"%s\": %s", row->info.name, cases[i].joined, cases[i].why);
		g_assert_cmpstr(text, ==, cases[i].expected);
	}
}

static void
test_numbers(void)
{
	g_assert_cmpint(reduce_number(table_row(DIRECTIVE_virus_scanning), "no yes"), ==, 1);
	g_assert_cmpint(
	    reduce_number(table_row(DIRECTIVE_scan_messages), "virus no"), ==, WORD_virus);
	g_assert_cmpint(reduce_number(table_row(DIRECTIVE_lock_type), ""), ==, WORD_NONE);
	g_assert_cmpint(
	    reduce_number(table_row(DIRECTIVE_max_unsafe_bytes_per_scan), "50000000000 1"), ==,
	    50000000000);
	g_assert_cmpint(
	    reduce_number(table_row(DIRECTIVE_required_spamassassin_score), "5.5"), ==, 5);
	g_assert_cmpint(reduce_number(table_row(DIRECTIVE_mail_header), "5"), ==, 0);
}

static void
test_separator(void)
{
	g_assert_cmpint(reduce_separator(table_row(DIRECTIVE_archive_mail)), ==, ' ');
	g_assert_cmpint(reduce_separator(table_row(DIRECTIVE_spamassassin_rule_actions)), ==, ',');
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/reduce/several values become the one that counts", test_reduce);
	g_test_add_func("/reduce/gives accessors a number", test_numbers);
	g_test_add_func("/reduce/joins actions with commas", test_separator);
	return g_test_run();
}
