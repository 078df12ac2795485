/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/act/notice.h"

#include "act_fixture.h"

/* Takes the plain message, which has crashed, notes it, and sends. */
static void
notify(struct act_fixture *fixture, const char *lines)
{
	unsigned told = 0;

	act_configure(fixture, lines);
	act_take_plain(fixture);
	message_find(fixture->message, FINDING_crashes, "attempts", "it was tried 6 times");
	message_find(fixture->message, FINDING_copy, "quarantine", "/quarantine/x");
	json_t *blocks = notice_blocks(fixture->message);
	unsigned sent = notice_send(blocks, &told);
	g_assert_cmpuint(told, ==, sent > 0 ? 1 : 0);
	json_decref(blocks);
}

static void
test_layout(void)
{
	struct act_fixture fixture;

	act_open(&fixture);
	notify(&fixture,
	    "Notices To = root@example.test\nNotices From = A \"B\"\n"
	    "Local Postmaster = pm@example.test\nHostname = gate\nNotice Signature = -- \\nus");
	g_autofree char *mail = act_get(&fixture, "@@/mails");
	g_assert_cmpstr(mail, ==,
	    "[-oi][-oem][-F][MailScanner][-f][root@example.test][--][root@example.test]\n"
	    "From: \"A 'B'\" <pm@example.test>\n"
	    "To: root@example.test\n"
	    "Subject: Dangerous content found\n"
	    "Auto-Submitted: auto-generated\n"
	    "MIME-Version: 1.0\n"
	    "Content-Type: text/plain; charset=UTF-8\n"
	    "Content-Transfer-Encoding: 8bit\n"
	    "\n"
	    "Alert: Dangerous content found\n"
	    "\n"
	    "    Sender: Alice@Sender.test\n"
	    "IP Address: 192.0.2.7\n"
	    " Recipient: Bob@Example.test\n"
	    " Recipient: dora@other.test\n"
	    "   Subject: hello clean text\n"
	    " MessageID: " ACT_ID "\n"
	    "Quarantine: /quarantine/x\n"
	    "    Report: MailScanner: it was tried 6 times\n"
	    "\n"
	    "All headers of the message:\n"
	    "\n"
	    " From: Alice <alice@sender.test>\n"
	    " Subject: hello\n"
	    " \tclean text\n"
	    " X-Last: 1\n"
	    "\n\n-- \nus\n");
	act_close(&fixture);
}

static void
test_addresses(void)
{
	struct act_fixture fixture;

	act_open(&fixture);
	notify(&fixture,
	    "Notices To = a@x.test, B@x.test b@X.test -q\nNotices Include Full Headers = no");
	g_autofree char *mails = act_get(&fixture, "@@/mails");
	g_assert_nonnull(strstr(mails, "[-f][a@x.test][--][a@x.test]\n"));
	g_assert_nonnull(strstr(mails, "[-f][B@x.test][--][B@x.test]\n"));
	g_assert_null(strstr(mails, "[-q]"));
	g_assert_null(strstr(mails, "[b@X.test]"));
	g_assert_null(strstr(mails, "All headers of the message"));
	act_close(&fixture);
}

static void
test_nobody(void)
{
	static const char *const lines[] = { "Send Notices = no",
		"Notices To =", "Notices To = -q" };
	struct act_fixture fixture;

	act_open(&fixture);
	for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
		notify(&fixture, lines[i]);
		g_assert_false(act_exists(&fixture, "@@/mails"));
	}
	act_close(&fixture);
}

static void
test_failure(void)
{
	struct act_fixture fixture;

	act_open(&fixture);
	act_put(&fixture, "@@/broken", "");
	notify(&fixture, "");
	g_assert_true(message_is_open(fixture.message));
	act_close(&fixture);
}

static void
test_long_lines(void)
{
	struct act_fixture fixture;
	g_autofree char *long_text = g_strnfill(5000, 'x');
	g_autofree char *field = g_strconcat("Subject: ", long_text, "\n", NULL);
	const char *fields[] = { field, NULL };
	unsigned told = 0;

	act_open(&fixture);
	act_take(&fixture, "a@b", act_recipients, fields, "", "x\n");
	message_find(fixture.message, FINDING_crashes, "attempts", long_text);
	json_t *blocks = notice_blocks(fixture.message);
	g_assert_cmpuint(notice_send(blocks, &told), ==, 1);
	json_decref(blocks);
	g_autofree char *mail = act_get(&fixture, "@@/mails");
	g_auto(GStrv) all = g_strsplit(mail, "\n", -1);
	for (char **line = all; *line != NULL; line++)
		g_assert_cmpuint(strlen(*line), <, 998);
	act_close(&fixture);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/notice/the block has what people look for", test_layout);
	g_test_add_func("/notice/each address gets one mail", test_addresses);
	g_test_add_func("/notice/nobody to tell, nothing sent", test_nobody);
	g_test_add_func("/notice/a notice that can't be sent changes nothing", test_failure);
	g_test_add_func("/notice/no line is longer than mail allows", test_long_lines);
	return g_test_run();
}
