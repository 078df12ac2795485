/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/act/submit.h"

#include <gio/gio.h>

#include "act_fixture.h"

static void
test_arguments(void)
{
	struct act_fixture fixture;
	const char *recipients[] = { "bob@example.test", "-x@example.test", NULL };
	g_autoptr(GError) error = NULL;

	act_open(&fixture);
	g_autofree char *command = act_expand(&fixture, "@@/sendmail '-C a b' \"$HOME\" ; true");
	g_assert_true(submit_mail(command, "<>", recipients, "To: x\n\nbody\n", &error));
	g_assert_no_error(error);
	g_autofree char *mail = act_get(&fixture, "@@/mails");
	g_assert_cmpstr(mail, ==,
	    "[-C a b][$HOME][;][true][-oi][-oem][-F][MailScanner][-f][<>][--]"
	    "[bob@example.test][-x@example.test]\nTo: x\n\nbody\n");
	act_close(&fixture);
}

static void
test_failure(void)
{
	static const struct {
		const char *command, *expected;
		bool may_have_gone;
	} cases[] = {
		{ "@@/sendmail", "/sendmail: it is broken: Child process exited with code 75",
		    false },
		{ "@@/none", "/none: it can't be started: No such file or directory", false },
		{ "@@/sendmail 'x", "Text ended before matching quote was found", false },
		{ "", "Text was empty", false },
		{ "/bin/sh -c 'kill -9 $$'", "Child process killed by signal 9", true },
	};
	const char *recipients[] = { "bob@example.test", NULL };
	struct act_fixture fixture;

	act_open(&fixture);
	act_put(&fixture, "@@/broken", "");
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *command = act_expand(&fixture, cases[i].command);
		g_autoptr(GError) error = NULL;

		g_assert_false(submit_mail(command, "<>", recipients, "x\n", &error));
		g_assert_nonnull(strstr(error->message, cases[i].expected));
		g_assert_true(submit_may_have_gone(error) == cases[i].may_have_gone);
	}
	act_close(&fixture);
}

static void
test_unread_text(void)
{
	const char *recipients[] = { "bob@example.test", NULL };
	g_autofree char *text = g_strnfill(4 * 1024 * 1024, 'x');
	g_autoptr(GError) error = NULL;

	g_assert_true(submit_mail("/bin/true", "a@b", recipients, text, &error));
	g_assert_no_error(error);
}

static void
test_many_words(void)
{
	const char *recipients[] = { "bob@example.test", NULL };
	g_autoptr(GError) error = NULL;

	g_assert_false(
	    submit_mail("/bin/sh -c 'head -c 3000000 /dev/zero | tr \"\\0\" x >&2; exit 1'", "a@b",
		recipients, "x\n", &error));
	g_assert_cmpuint(strlen(error->message), <, 1200);
}

static void
test_background(void)
{
	/* An MTA that delivers in the background keeps its standard error open after it has ended. */
	const char *recipients[] = { "bob@example.test", NULL };
	gint64 before = g_get_monotonic_time();
	g_autoptr(GError) error = NULL;

	g_assert_true(
	    submit_mail("/bin/sh -c 'sleep 20 & exit 0'", "a@b", recipients, "x\n", &error));
	g_assert_cmpint(g_get_monotonic_time() - before, <, 10 * G_TIME_SPAN_SECOND);
}

static void
test_limit(void)
{
	const char *recipients[] = { "bob@example.test", NULL };
	gint64 before = g_get_monotonic_time();
	g_autoptr(GError) error = NULL;

	g_assert_false(
	    submit_mail_within(0, "/bin/sh -c 'sleep 30; true'", "a@b", recipients, "x\n", &error));
	g_assert_error(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
	g_assert_true(submit_may_have_gone(error));
	g_assert_cmpint(g_get_monotonic_time() - before, <, 10 * G_TIME_SPAN_SECOND);
}

static void
test_header_value(void)
{
	static const struct {
		const char *value, *expected, *why;
	} cases[] = {
		{ "plain", "plain", "nothing to do" },
		{ "a\nBcc: x@y", "a Bcc: x@y", "no new line" },
		{ "a\r\n b\tc", "a b c", "folding and tabs are one blank" },
		{ "\x01 a \x7f\n", "a", "nothing at the ends" },
		{ "\n\r", "", "nothing left" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *value = submit_header_value(cases[i].value);

		g_test_message("%s", cases[i].why);
		g_assert_cmpstr(value, ==, cases[i].expected);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/submit/the command is split, never run by a shell", test_arguments);
	g_test_add_func("/submit/an error names the program and its last words", test_failure);
	g_test_add_func("/submit/a program that reads nothing does no harm", test_unread_text);
	g_test_add_func("/submit/a program that says too much does no harm", test_many_words);
	g_test_add_func(
	    "/submit/what the program leaves behind is not waited for", test_background);
	g_test_add_func("/submit/a program that takes too long is killed", test_limit);
	g_test_add_func("/submit/no value begins a header field", test_header_value);
	return g_test_run();
}
