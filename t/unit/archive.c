/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/act/archive.h"

#include <unistd.h>

#include "act_fixture.h"
#include "core/act/keep.h"
#include "spool/error.h"

/* Archives the fixture's message by this configuration. */
static bool
archive(struct act_fixture *fixture, const char *lines)
{
	g_autoptr(GError) error = NULL;
	bool stored;

	act_configure(fixture, lines);
	g_assert_true(archive_message(fixture->message, &stored, &error));
	act_settle(fixture->message);
	g_assert_no_error(error);
	return stored;
}

/* The text of `path`, in which TODAY stands for the date, is that of the queue file. */
static void
expect_copy(const struct act_fixture *fixture, const char *path, const char *name)
{
	g_autofree char *day = keep_day();
	g_autoptr(GString) real = g_string_new(path);
	g_autofree char *original = g_strconcat("@@/in/", name, NULL);

	g_string_replace(real, "TODAY", day, 0);
	g_autofree char *found = act_get(fixture, real->str);
	g_autofree char *expected = act_get(fixture, original);
	g_assert_cmpstr(found, ==, expected);
}

static void
test_directory(void)
{
	struct act_fixture fixture;

	act_open(&fixture);
	act_take_plain(&fixture);
	g_assert_true(
	    archive(&fixture, "Archive Mail = @@/all @@/all/\nQuarantine Permissions = 0640"));
	expect_copy(&fixture, "@@/all/TODAY/" ACT_ID "-H", ACT_ID "-H");
	expect_copy(&fixture, "@@/all/TODAY/" ACT_ID "-D", ACT_ID "-D");
	g_assert_cmpuint(act_mode(&fixture, "@@/all"), ==, 0750);
	g_assert_cmpuint(act_copies(&fixture), ==, 1);
	/* Once more, as after a crash: there is one copy. */
	g_assert_true(archive(&fixture, "Archive Mail = @@/all"));
	g_assert_false(act_exists(&fixture, "@@/all/TODAY/" ACT_ID "-H-1"));
	act_close(&fixture);
}

static void
test_tokens(void)
{
	struct act_fixture fixture;

	act_open(&fixture);
	act_take_plain(&fixture);
	g_assert_true(
	    archive(&fixture, "Archive Mail = @@/from/_FROMDOMAIN_/_FROMUSER_ @@/d/_DATE_ "
			      "@@/to/_TODOMAIN_/_TOUSER_ kept-_TOUSER_@_FROMDOMAIN_"));
	expect_copy(&fixture, "@@/from/sender.test/alice/TODAY/" ACT_ID "-D", ACT_ID "-D");
	expect_copy(&fixture, "@@/d/TODAY/TODAY/" ACT_ID "-D", ACT_ID "-D");
	expect_copy(&fixture, "@@/to/example.test/bob/TODAY/" ACT_ID "-D", ACT_ID "-D");
	expect_copy(&fixture, "@@/to/other.test/dora/TODAY/" ACT_ID "-D", ACT_ID "-D");
	g_assert_cmpuint(fixture.message->added_recipients->len, ==, 2);
	g_assert_cmpstr(
	    g_ptr_array_index(fixture.message->added_recipients, 0), ==, "kept-bob@sender.test");
	act_close(&fixture);
}

static void
test_hostile_tokens(void)
{
	const char *recipients[] = { "../../x@..", "a,b@example.test", NULL };
	struct act_fixture fixture;

	act_open(&fixture);
	act_take(&fixture, "", recipients, act_fields, "", "body\n");
	g_assert_true(archive(&fixture, "Archive Mail = @@/a/_TODOMAIN_/_TOUSER_ @@/_FROMUSER_ "
					"_TOUSER_@example.test word"));
	expect_copy(&fixture, "@@/a/_./_._.._x/TODAY/" ACT_ID "-D", ACT_ID "-D");
	expect_copy(&fixture, "@@/_/TODAY/" ACT_ID "-D", ACT_ID "-D");
	g_assert_cmpuint(fixture.message->added_recipients->len, ==, 1);
	g_assert_cmpstr(
	    g_ptr_array_index(fixture.message->added_recipients, 0), ==, "../../x@example.test");
	act_close(&fixture);
}

static void
test_mbox(void)
{
	struct act_fixture fixture;

	act_open(&fixture);
	act_take_plain(&fixture);
	g_assert_true(archive(&fixture, "Archive Mail = @@/boxes/all\nMissing Mail Archive Is = "
					"file\nQuarantine Permissions = 0600"));
	g_assert_true(archive(&fixture, "Archive Mail = @@/boxes/all"));
	g_autofree char *mbox = act_get(&fixture, "@@/boxes/all");
	const char *text =
	    "X-MailScanner-Recipient: Bob@Example.test\nX-MailScanner-Recipient: dora@other.test\n"
	    "From: Alice <alice@sender.test>\nSubject: hello\n\tclean text\nX-Last: 1\n\n"
	    "Dear Bob,\n>From here to there.\n>>From me\nnothing else\n\n";
	g_autoptr(GRegex) date = g_regex_new("^From Alice@Sender\\.test [A-Z][a-z]{2} "
					     "[A-Z][a-z]{2} \\d\\d \\d\\d:\\d\\d:\\d\\d \\d{4}$",
	    G_REGEX_MULTILINE, 0, NULL);
	g_autofree char *dateless = g_regex_replace_literal(date, mbox, -1, 0, "From_", 0, NULL);
	g_autofree char *expected = g_strconcat("From_\n", text, "From_\n", text, NULL);
	g_assert_cmpstr(dateless, ==, expected);
	g_assert_cmpuint(act_mode(&fixture, "@@/boxes/all"), ==, 0600);
	g_assert_cmpuint(act_mode(&fixture, "@@/boxes"), ==, 0700);
	act_close(&fixture);
}

static void
test_mbox_after_crash(void)
{
	static const struct {
		const char *before, *expected;
	} cases[] = {
		{ "", "" },
		{ "\n", "\n" },
		{ "From x\n\ncut sho", "From x\n\ncut sho\n\n" },
		{ "From x\n\ncut short\n", "From x\n\ncut short\n\n" },
		{ "From x\n\nwhole\n\n", "From x\n\nwhole\n\n" },
	};
	struct act_fixture fixture;

	act_open(&fixture);
	act_take_plain(&fixture);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		act_put(&fixture, "@@/mbox", cases[i].before);
		g_assert_true(archive(&fixture, "Archive Mail = @@/mbox"));
		g_autofree char *mbox = act_get(&fixture, "@@/mbox");
		g_autofree char *start = g_strconcat(cases[i].expected, "From Alice@", NULL);
		g_assert_true(g_str_has_prefix(mbox, start));
	}
	act_close(&fixture);
}

static void
test_failure(void)
{
	static const char *const lines[] = {
		"Archive Mail = @@/file/below",
		"Archive Mail = @@/fifo",
		"Archive Mail = @@/first @@/file/below",
	};
	struct act_fixture fixture;

	act_open(&fixture);
	act_take_plain(&fixture);
	act_put(&fixture, "@@/file", "");
	g_autofree char *fifo = act_expand(&fixture, "@@/fifo");
	g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
	for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
		g_autoptr(GError) error = NULL;
		bool stored;

		act_configure(&fixture, lines[i]);
		g_assert_false(archive_message(fixture.message, &stored, &error));
		g_assert_error(error, SPOOL_ERROR, SPOOL_ERROR_IO);
		g_assert_true(g_str_has_prefix(error->message, "Archive Mail: "));
	}
	act_close(&fixture);
}

static void
test_doubt(void)
{
	struct act_fixture fixture;
	g_autoptr(GError) error = NULL;
	bool stored;

	act_open(&fixture);
	act_take_plain(&fixture);
	subject_set_doubt(fixture.message->subject, "the resolver is silent");
	act_configure(&fixture, "Archive Mail = @@/all");
	g_assert_false(archive_message(fixture.message, &stored, &error));
	g_assert_error(error, SPOOL_ERROR, SPOOL_ERROR_IO);
	g_assert_false(act_exists(&fixture, "@@/all"));
	act_close(&fixture);
}

static void
test_nothing(void)
{
	struct act_fixture fixture;

	act_open(&fixture);
	act_take_plain(&fixture);
	g_assert_false(archive(&fixture, ""));
	g_assert_false(archive(&fixture, "Archive Mail = keeper@example.test"));
	g_assert_cmpuint(act_copies(&fixture), ==, 0);
	act_close(&fixture);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/archive/a directory gets the queue files, once", test_directory);
	g_test_add_func("/archive/tokens are filled for each recipient", test_tokens);
	g_test_add_func("/archive/addresses never lead to another directory", test_hostile_tokens);
	g_test_add_func("/archive/an mbox gets header and body, escaped", test_mbox);
	g_test_add_func(
	    "/archive/an mbox that was cut short is gone on with", test_mbox_after_crash);
	g_test_add_func("/archive/what can't be stored is an error to try again", test_failure);
	g_test_add_func("/archive/a doubt stores nothing", test_doubt);
	g_test_add_func("/archive/addresses alone store nothing", test_nothing);
	return g_test_run();
}
