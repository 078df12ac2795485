/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/act/quarantine.h"

#include <unistd.h>

#include "act_fixture.h"
#include "core/act/keep.h"
#include "spool/error.h"

static char *
path_of(const char *name)
{
	g_autofree char *day = keep_day();

	return g_strconcat("@@/quarantine/", day, "/" ACT_ID, name, NULL);
}

static void
expect(const struct act_fixture *fixture, const char *name, const char *text)
{
	g_autofree char *path = path_of(name);
	g_autofree char *found = act_get(fixture, path);

	g_assert_cmpstr(found, ==, text);
}

static void
store(struct act_fixture *fixture, const char *lines)
{
	g_autoptr(GError) error = NULL;

	act_configure(fixture, lines);
	g_assert_true(quarantine_message(fixture->message, &error));
	act_settle(fixture->message);
	g_assert_no_error(error);
}

static void
test_message(void)
{
	struct act_fixture fixture;
	g_autofree char *directory = path_of("");
	g_autofree char *file = path_of("/message");

	act_open(&fixture);
	act_take_plain(&fixture);
	store(&fixture, "Quarantine Permissions = 0640");
	expect(&fixture, "/message",
	    "From: Alice <alice@sender.test>\nSubject: hello\n\tclean text\nX-Last: 1\n\n"
	    "Dear Bob,\nFrom here to there.\n>From me\nnothing else");
	g_autofree char *in = act_expand(&fixture, "@@/in");
	g_autofree char *envelope = g_strconcat("Id: " ACT_ID "\nQueue: ", in,
	    "\nReceived: 2026-11-22T10:02:41Z\nClient-Address: 192.0.2.7\n"
	    "Helo: client.sender.test\nProtocol: esmtp\nSender: <Alice@Sender.test>\n"
	    "Recipient: <Bob@Example.test>\nRecipient: <dora@other.test>\n"
	    "Subject: hello clean text\n",
	    NULL);
	expect(&fixture, "/envelope", envelope);
	g_assert_cmpuint(act_mode(&fixture, directory), ==, 0750);
	g_assert_cmpuint(act_mode(&fixture, file), ==, 0640);
	g_assert_cmpuint(act_copies(&fixture), ==, 1);
	act_close(&fixture);
}

static void
test_wire_format(void)
{
	struct act_fixture fixture;

	act_open(&fixture);
	act_take(
	    &fixture, "", act_recipients, act_fields, "-spool_file_wireformat\n", "a\r\nb\r\n");
	store(&fixture, "");
	expect(&fixture, "/message",
	    "From: Alice <alice@sender.test>\nSubject: hello\n\tclean text\nX-Last: 1\n\na\nb\n");
	act_close(&fixture);
}

static void
test_queue_files(void)
{
	struct act_fixture fixture;
	g_autofree char *message = path_of("/message");

	act_open(&fixture);
	act_take_plain(&fixture);
	store(&fixture, "Quarantine Whole Messages As Queue Files = yes");
	g_autofree char *control = act_get(&fixture, "@@/in/" ACT_ID "-H");
	g_autofree char *data = act_get(&fixture, "@@/in/" ACT_ID "-D");
	expect(&fixture, "/" ACT_ID "-H", control);
	expect(&fixture, "/" ACT_ID "-D", data);
	g_assert_false(act_exists(&fixture, message));
	act_close(&fixture);
}

static void
test_again(void)
{
	struct act_fixture fixture;
	g_autofree char *third = path_of("/message-2");

	act_open(&fixture);
	act_take_plain(&fixture);
	store(&fixture, "");
	store(&fixture, "");
	act_take(&fixture, "", act_recipients, act_fields, "", "another\n");
	store(&fixture, "");
	expect(&fixture, "/message-1",
	    "From: Alice <alice@sender.test>\nSubject: hello\n\tclean text\nX-Last: "
	    "1\n\nanother\n");
	g_assert_false(act_exists(&fixture, third));
	act_close(&fixture);
}

static void
test_crasher(void)
{
	static const struct {
		const char *lines;
		enum fate_kind fate;
		unsigned copies;
	} cases[] = {
		{ "Quarantine Denial Of Service = yes", FATE_DROP, 1 },
		{ "Quarantine Denial Of Service = no", FATE_HOLD, 0 },
	};
	struct act_fixture fixture;

	act_open(&fixture);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;

		act_take_plain(&fixture);
		act_configure(&fixture, cases[i].lines);
		g_assert_true(quarantine_crasher(fixture.message, &error));
		act_settle(fixture.message);
		g_assert_cmpint(fixture.message->fate.kind, ==, cases[i].fate);
		g_assert_cmpuint(act_copies(&fixture), ==, cases[i].copies);
	}
	act_close(&fixture);
}

static void
test_failure(void)
{
	struct act_fixture fixture;
	g_autoptr(GError) error = NULL;
	g_autofree char *day = keep_day();

	act_open(&fixture);
	act_take_plain(&fixture);
	g_autofree char *quarantine = act_expand(&fixture, "@@/quarantine");
	g_autofree char *link = g_build_filename(quarantine, day, NULL);
	g_autofree char *inside = g_build_filename(fixture.root, "in", ACT_ID, NULL);
	g_autofree char *in = act_expand(&fixture, "@@/in");
	g_assert_cmpint(symlink(in, link), ==, 0);
	g_assert_false(quarantine_crasher(fixture.message, &error));
	g_assert_error(error, SPOOL_ERROR, SPOOL_ERROR_IO);
	g_assert_true(message_is_open(fixture.message));
	g_assert_false(g_file_test(inside, G_FILE_TEST_EXISTS));
	act_close(&fixture);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func(
	    "/quarantine/a message is kept as it came, with its envelope", test_message);
	g_test_add_func("/quarantine/a body in wire format gets LF line ends", test_wire_format);
	g_test_add_func("/quarantine/queue files are kept under their names", test_queue_files);
	g_test_add_func("/quarantine/nothing is overwritten", test_again);
	g_test_add_func("/quarantine/what was tried too often is dropped or left", test_crasher);
	g_test_add_func("/quarantine/what can't be stored settles nothing", test_failure);
	return g_test_run();
}
