/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the log writes, and that nothing from outside can forge a record. */
#include "core/log/log.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>
#include <jansson.h>

#include "core/log/lines.h"

/* Runs `write_log` with standard error in a file, and returns what it wrote. */
static char *
capture(enum log_sink sink, void (*write_log)(void))
{
	char *text = NULL;
	g_autofree char *path = NULL;
	int file = g_file_open_tmp("log-XXXXXX", &path, NULL);
	int standard = dup(STDERR_FILENO);

	g_assert_cmpint(file, >=, 0);
	dup2(file, STDERR_FILENO);
	log_open(sink, "Test", "mail");
	write_log();
	dup2(standard, STDERR_FILENO);
	close(standard);
	close(file);
	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	g_unlink(path);
	return text;
}

static void
write_hostile(void)
{
	log_line(LOG_NOTICE, "%s", "subject\rFAKE \x1b[31m 100% \x7f");
	log_line(LOG_NOTICE, "two\n\nrecords");
	log_line(LOG_DEBUG, "not shown");
}

static void
test_hostile_text(void)
{
	g_autofree char *text = capture(LOG_SINK_STDERR, write_hostile);
	g_autofree char *expected = g_strdup_printf(
	    "Test[%d]: subject\\x0dFAKE \\x1b[31m 100%% \\x7f\nTest[%d]: two\nTest[%d]: records\n",
	    (int)getpid(), (int)getpid(), (int)getpid());

	g_assert_cmpstr(text, ==, expected);
}

static void
write_about_message(void)
{
	log_message(LOG_WARNING, "1abc", "1abc: \xff \"quoted\"");
}

static void
test_json(void)
{
	g_autofree char *text = capture(LOG_SINK_JSON, write_about_message);
	json_t *record = json_loads(text, 0, NULL);

	g_assert_nonnull(record);
	g_assert_cmpstr(json_string_value(json_object_get(record, "id")), ==, "1abc");
	g_assert_cmpstr(json_string_value(json_object_get(record, "level")), ==, "warning");
	g_assert_cmpstr(json_string_value(json_object_get(record, "text")), ==,
	    "1abc: \xef\xbf\xbd \"quoted\"");
	json_decref(record);
}

static void
write_parsed_lines(void)
{
	lines_starting("1.2");
	lines_scanning(1, 672);
	lines_waiting(7);
	lines_forwarding(2, 10);
	lines_unscanned_delivered(2);
	lines_uninfected_delivered(1);
	lines_batch_time(1, 0.06);
	lines_batch_time(5, 1.734);
	lines_batch_speed(887, 0.339);
	lines_attempts_deleted(1);
	lines_attempt("1abc", 2);
	lines_too_many_attempts("1abc");
	lines_invalid_queue_files("1abc 2abc ");
	lines_archived(" 1abc 2abc");
	lines_child_exit(3, 0);
	lines_custom_init("Myfunc", "(\"one\", \"two\")");
	lines_custom_end("Myfunc", "");
	lines_html_tag("HTML-IFrame", "1abc", "a@b.test");
	lines_html_link("1abc", "a@b.test");
	lines_html_exploits("1abc");
	lines_phishing("http://x.test/", "www.bank.test", "1abc", true);
	lines_phishing_numeric("http://192.0.2.7/", "1abc", false);
	lines_phishing_definite("http://x.test/", "1abc");
	lines_phishing_safe(868);
	lines_phishing_bad(5807);
	lines_phishing_safe_unreadable("/safe");
	lines_phishing_bad_unreadable("/bad");
	lines_country_domains_unreadable("/country");
}

static void
test_lines(void)
{
	static const char *const expected[] = {
		"MailScanner Email Processor version 1.2 starting...",
		"New Batch: Scanning 1 messages, 672 bytes",
		"New Batch: Found 7 messages waiting",
		"New Batch: Forwarding 2 unscanned messages, 10 bytes",
		"Unscanned: Delivered 2 messages",
		"Uninfected: Delivered 1 messages",
		"Batch (1 message) processed in 0.06 seconds",
		"Batch (5 messages) processed in 1.73 seconds",
		"Batch completed at 2616 bytes per second (887 / 0)",
		"Deleted 1 messages from processing-database",
		"Making attempt 2 at processing message 1abc",
		"Warning: skipping message 1abc as it has been attempted too many times",
		"New Batch: Found invalid queue files: 1abc 2abc ",
		"Saved archive copies of 1abc 2abc",
		"Process did not exit cleanly, returned 3 with signal 0",
		"Config: calling custom init function Myfunc(\"one\", \"two\")",
		"Config: calling custom end function Myfunc",
		"HTML-IFrame tag found in message 1abc from a@b.test",
		"<A> tag found in message 1abc from a@b.test",
		"Content Checks: Detected HTML-specific exploits in 1abc",
		"Found phishing fraud from http://x.test/ claiming to be www.bank.test in 1abc",
		"Found ip-based phishing fraud from http://192.0.2.7/ in 1abc",
		"Found definite phishing fraud from http://x.test/ in 1abc",
		"Read 868 hostnames from the phishing whitelist",
		"Read 5807 hostnames from the phishing blacklists",
		"Could not read phishing whitelist file /safe",
		"Could not read phishing blacklist file /bad",
		("Could not read list of country code second-level domain names from /country, "
		 "\"Use Stricter Phishing Net = no\" will not work properly"),
	};
	g_autofree char *text = capture(LOG_SINK_STDERR, write_parsed_lines);
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (size_t i = 0; i < G_N_ELEMENTS(expected); i++) {
		const char *colon = lines[i] != NULL ? strstr(lines[i], ": ") : NULL;

		g_assert_nonnull(colon);
		g_assert_cmpstr(colon + 2, ==, expected[i]);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func(
	    "/log/control characters are shown, newlines begin records", test_hostile_text);
	g_test_add_func("/log/JSON records carry the message's id", test_json);
	g_test_add_func("/log/lines that tools parse stay as they are", test_lines);
	return g_test_run();
}
