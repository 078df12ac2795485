/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/act/reject.h"

#include "act_fixture.h"

static bool
reject(struct act_fixture *fixture, const char *lines)
{
	g_autoptr(GError) error = NULL;

	act_configure(fixture, lines);
	bool done = reject_message(fixture->message, &error);
	g_assert_true(done == (error == NULL));
	return done;
}

/* The text of the mail to the sender, whose envelope is looked at; NULL: there is none. The caller's. */
static char *
mail_text(const struct act_fixture *fixture)
{
	json_t *item = reject_mail(fixture->message);

	if (item == NULL)
		return NULL;
	const json_t *recipients = json_object_get(item, "recipients");
	g_assert_cmpstr(json_string_value(json_object_get(item, "sender")), ==, "<>");
	g_assert_cmpuint(json_array_size(recipients), ==, 1);
	g_assert_cmpstr(
	    json_string_value(json_array_get(recipients, 0)), ==, message_sender(fixture->message));
	char *text = g_strdup(json_string_value(json_object_get(item, "text")));
	json_decref(item);
	return text;
}

static void
test_no(void)
{
	struct act_fixture fixture;

	act_open(&fixture);
	act_take_plain(&fixture);
	g_assert_true(reject(&fixture, "Reject Message = no"));
	g_assert_true(message_is_open(fixture.message));
	g_assert_null(reject_mail(fixture.message));
	act_close(&fixture);
}

static void
test_own_text(void)
{
	struct act_fixture fixture;

	act_open(&fixture);
	act_take_plain(&fixture);
	g_assert_true(reject(&fixture, "Reject Message = yes\nRejection Report ="));
	g_assert_cmpint(fixture.message->fate.kind, ==, FATE_DROP);
	g_assert_false(act_exists(&fixture, "@@/mails"));
	g_autofree char *mail = mail_text(&fixture);
	g_assert_true(
	    g_str_has_prefix(mail, "X-MailScanner-Rejected: yes\nAuto-Submitted: auto-replied\n"
				   "From: \"MailScanner\" <postmaster>\nTo: <Alice@Sender.test>\n"
				   "Subject: Not accepted: hello clean text\n"));
	g_assert_nonnull(strstr(mail, "\n    To:      Bob@Example.test, dora@other.test\n"));
	g_assert_nonnull(strstr(mail, "\n    Number:  " ACT_ID "\n"));
	g_assert_null(strchr(mail, '$'));
	act_close(&fixture);
}

static void
test_template(void)
{
	struct act_fixture fixture;

	act_open(&fixture);
	act_take_plain(&fixture);
	act_put(
	    &fixture, "@@/report", "To: $from\nauto-submitted: auto-replied (rejected)\n\n$id\n");
	g_assert_true(reject(&fixture, "Reject Message = yes\nRejection Report = @@/report"));
	g_autofree char *mail = mail_text(&fixture);
	g_assert_nonnull(strstr(mail, "X-MailScanner-Rejected: yes\nTo: Alice@Sender.test\n"
				      "auto-submitted: auto-replied (rejected)\nMIME-Version: 1.0\n"
				      "Content-Type: text/plain; charset=UTF-8\n"
				      "Content-Transfer-Encoding: 8bit\n\n" ACT_ID "\n"));
	act_close(&fixture);
}

static void
test_silence(void)
{
	static const struct {
		const char *sender, *field, *why;
	} cases[] = {
		{ "", NULL, "the null sender" },
		{ "-x@sender.test", NULL, "an option instead of a sender" },
		{ "a@sender.test", "Auto-Submitted: auto-generated\n", "a program" },
		{ "a@sender.test", "List-Id: <x.sender.test>\n", "a list" },
		{ "a@sender.test", "Return-Path: <>\n", "no return path" },
		{ "a@sender.test", "Precedence: bulk\n", "to many" },
	};
	struct act_fixture fixture;

	act_open(&fixture);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		const char *fields[] = { "From: x@y\n", cases[i].field, NULL };

		g_test_message("%s", cases[i].why);
		act_take(&fixture, cases[i].sender, act_recipients, fields, "", "x\n");
		g_assert_true(reject(&fixture, "Reject Message = yes"));
		g_assert_cmpint(fixture.message->fate.kind, ==, FATE_DROP);
		g_assert_null(reject_mail(fixture.message));
	}
	act_close(&fixture);
}

static void
test_doubt(void)
{
	struct act_fixture fixture;

	act_open(&fixture);
	act_take_plain(&fixture);
	subject_set_doubt(fixture.message->subject, "the resolver is silent");
	g_assert_false(reject(&fixture, "Reject Message = no"));
	g_assert_true(message_is_open(fixture.message));
	act_close(&fixture);
}

/* Nothing is told of a message that could not be dropped after all. */
static void
test_left(void)
{
	struct act_fixture fixture;

	act_open(&fixture);
	act_take_plain(&fixture);
	g_assert_true(reject(&fixture, "Reject Message = yes"));
	message_leave(fixture.message, "test", "no room");
	g_assert_null(reject_mail(fixture.message));
	act_close(&fixture);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/reject/no leaves the message alone", test_no);
	g_test_add_func("/reject/without a file the text is our own", test_own_text);
	g_test_add_func("/reject/the site's text is filled in", test_template);
	g_test_add_func("/reject/some are dropped without an answer", test_silence);
	g_test_add_func("/reject/rules that can't tell leave the message", test_doubt);
	g_test_add_func("/reject/nothing is told of a message that stays", test_left);
	return g_test_run();
}
