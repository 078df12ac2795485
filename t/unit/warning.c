/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/act/warning.h"

#include "act_facts.h"

static const struct {
	const char *lines;
	enum finding_kind kind;
	const char *sender, *field;
	const char *subject; /* how the subject of the warning begins; NULL: none is sent */
	const char *why;
} cases[] = {
	{ "", FINDING_name, "a@s.test", "X: y\n", "An attachment was not", "a file name" },
	{ "", FINDING_content, "a@s.test", "X: y\n", "Part of your message was", "content" },
	{ "", FINDING_error, "a@s.test", "X: y\n", "Your message could not", "an error" },
	{ "", FINDING_size, "a@s.test", "X: y\n", NULL, "sizes are not told by default" },
	{ "Notify Senders Of Blocked Size Attachments = yes", FINDING_size, "a@s.test", "X: y\n",
	    "Part of your message has", "unless wanted" },
	{ "Silent Viruses =", FINDING_virus, "a@s.test", "X: y\n", NULL, "nor are viruses" },
	{ "Silent Viruses =\nNotify Senders Of Viruses = yes", FINDING_virus, "a@s.test", "X: y\n",
	    "A virus was found", "unless wanted" },
	{ "Notify Senders Of Viruses = yes", FINDING_virus, "a@s.test", "X: y\n", NULL,
	    "never of silent ones" },
	{ "Notify Senders = no", FINDING_name, "a@s.test", "X: y\n", NULL, "nobody is told" },
	{ "", FINDING_disarm, "a@s.test", "X: y\n", NULL, "no infection" },
	{ "", FINDING_name, "", "X: y\n", NULL, "a bounce" },
	{ "", FINDING_name, "-oX@s.test", "X: y\n", NULL, "an option for a sender" },
	{ "", FINDING_name, "a@s.test", "Precedence: bulk\n", NULL, "a precedence" },
	{ "", FINDING_name, "a@s.test", "Precedence: first-class\n", "An attachment", "another" },
	{ "", FINDING_name, "a@s.test", "List-Id: <l.test>\n", NULL, "a list" },
	{ "", FINDING_name, "a@s.test", "Auto-Submitted: auto-replied\n", NULL, "a program" },
	{ "", FINDING_name, "a@s.test", "Auto-Submitted: no\n", "An attachment", "a person" },
	{ "", FINDING_name, "a@s.test", "Return-Path: <>\n", NULL, "no return path" },
};

static void
test_cases(void)
{
	struct act_fixture fixture;

	act_open(&fixture);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		const char *fields[] = { "Subject: hello\n", cases[i].field, NULL };
		g_autofree char *lines =
		    g_strconcat("Sender Warnings Per Hour = 0\n", cases[i].lines, NULL);

		act_configure(&fixture, lines);
		act_take(&fixture, cases[i].sender, act_recipients, fields, "", "x\n");
		message_find_part(fixture.message, cases[i].kind, FINDING_WHOLE, "test", NULL, NULL,
		    "This and that");
		json_t *mail = warning_mail(fixture.message);
		g_test_message("%s", cases[i].why);
		g_assert_true((mail != NULL) == (cases[i].subject != NULL));
		if (mail != NULL) {
			const char *text = json_string_value(json_object_get(mail, "text"));
			g_autofree char *subject =
			    g_strconcat("\nSubject: ", cases[i].subject, NULL);

			g_assert_nonnull(strstr(text, subject));
			g_assert_nonnull(strstr(text, "This and that\n"));
			g_assert_nonnull(strstr(text, "Auto-Submitted: auto-replied\n"));
			g_assert_cmpstr(
			    json_string_value(json_object_get(mail, "sender")), ==, "<>");
		}
		json_decref(mail);
	}
	act_close(&fixture);
}

static void
test_rate(void)
{
	struct act_fixture fixture;
	unsigned sent = 0;

	act_open(&fixture);
	act_configure(&fixture, "Sender Warnings Per Hour = 3");
	for (unsigned i = 0; i < 5; i++) {
		act_take_plain(&fixture);
		message_find(fixture.message, FINDING_name, "test", "x");
		json_t *mail = warning_mail(fixture.message);

		sent += mail != NULL;
		json_decref(mail);
	}
	g_assert_cmpuint(sent, ==, 3);
	act_close(&fixture);
}

/* A sender can't add fields to the mail that warns them. */
static void
test_injection(void)
{
	static const char *const fields[] = {
		"Subject: =?utf-8?B?eApCY2M6IHZpY3RpbUBleGFtcGxlLnRlc3Q=?=\n", NULL
	};
	struct act_fixture fixture;

	act_open(&fixture);
	act_take(&fixture, "a@s.test", act_recipients, fields, "", "x\n");
	message_find(fixture.message, FINDING_name, "test", "x\\nBcc: y");
	json_t *mail = warning_mail(fixture.message);
	const char *text = json_string_value(json_object_get(mail, "text"));
	g_assert_null(strstr(text, "\nBcc:"));
	json_decref(mail);
	act_close(&fixture);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/warning/who is told what", test_cases);
	g_test_add_func("/warning/an address is told so often and no more", test_rate);
	g_test_add_func("/warning/a subject can't begin a field", test_injection);
	return g_test_run();
}
