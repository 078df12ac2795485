/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "spool/exim_read.h"

#include "spool/error.h"
#include "t/unit/exim_control.h"

static void
test_whole(void)
{
	struct control_read read;

	control_read_text(&read, CONTROL_TEXT);

	const struct envelope *envelope = read.envelope;
	g_autofree char *recipients = control_recipients(envelope);
	const struct recipient *first = envelope->recipients->pdata[0];
	g_autofree char *subject = header_list_value(read.headers, "Subject");
	g_autofree char *to = header_list_value(read.headers, "To");

	g_assert_cmpstr(envelope->sender, ==, "Sender.Case+x@from.test");
	g_assert_cmpstr(envelope->helo, ==, "client.test");
	g_assert_cmpstr(envelope->client_ip, ==, "127.0.0.1");
	g_assert_cmpstr(envelope->protocol, ==, "esmtp");
	g_assert_null(envelope->client_name);
	g_assert_null(envelope->auth_id);
	g_assert_cmpint(envelope->received, ==, 1795341539);
	g_assert_false(envelope->frozen);
	g_assert_false(read.control->wireformat);
	g_assert_false(read.control->no_delivery);
	g_assert_cmpstr(recipients, ==, "Rcpt.One@defer.test two@defer.test three@all.test ");
	g_assert_cmpstr(
	    first->own, ==, "Rcpt.One@defer.test rfc822;Orig+40one@defer.test 28,12  0,-1#3");
	g_assert_cmpuint(header_list_count(read.headers), ==, 6);
	g_assert_cmpstr(subject, ==, "now");
	g_assert_cmpstr(to, ==, "b@x.test,  c@x.test");
	g_assert_cmpint(header_list_at(read.headers, 0)->mark, ==, 'P');
	g_assert_true(header_list_at(read.headers, 2)->deleted);
	g_assert_false(header_list_changed(read.headers));
	control_read_clear(&read);
}

#define REST CONTROL_TREE CONTROL_RECIPIENTS CONTROL_HEADER

static const struct {
	const char *options, *auth_id, *client_name, *ip;
	bool frozen, wireformat, no_delivery;
	const char *why;
} options[] = {
	{ "", NULL, NULL, "", false, false, false, "no option" },
	{ "--auth_id bob@x\n", "bob@x", NULL, "", false, false, false, "tainted" },
	{ "--(mysql)auth_id bob\n", "bob", NULL, "", false, false, false, "quoted for a look-up" },
	{ "-auth_id a\n-auth_id b\n", "b", NULL, "", false, false, false, "the last counts" },
	{ "-auth_id\n", "", NULL, "", false, false, false, "without a value" },
	{ "-auth_idx a\n", NULL, NULL, "", false, false, false, "another name" },
	{ "-host_name mx.test\n-host_address 192.0.2.7.25\n", NULL, "mx.test", "192.0.2.7", false,
	    false, false, "old address syntax" },
	{ "-frozen 1795341540\n", NULL, NULL, "", true, false, false, "frozen" },
	{ "-spool_file_wireformat\n", NULL, NULL, "", false, true, false, "wire format" },
	{ "-N\n", NULL, NULL, "", false, false, true, "no delivery" },
	{ "-acl 10 4\n-N\n\n\n", NULL, NULL, "", false, false, false,
	    "ACL data that look like more" },
	{ "-aclm a b 0\n\n", NULL, NULL, "", false, false, false, "an empty ACL value" },
	{ "-\n--\n--()\n", NULL, NULL, "", false, false, false, "options without a name" },
};

static void
test_options(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(options); i++) {
		struct control_read read;
		g_autofree char *text = g_strconcat(CONTROL_START, options[i].options, REST, NULL);

		g_test_message("%s", options[i].why);
		control_read_text(&read, text);
		g_assert_cmpstr(read.envelope->auth_id, ==, options[i].auth_id);
		g_assert_cmpstr(read.envelope->client_name, ==, options[i].client_name);
		g_assert_cmpstr(read.envelope->client_ip, ==, options[i].ip);
		g_assert_cmpint(read.envelope->frozen, ==, options[i].frozen);
		g_assert_cmpint(read.control->wireformat, ==, options[i].wireformat);
		g_assert_cmpint(read.control->no_delivery, ==, options[i].no_delivery);
		control_read_clear(&read);
	}
}

static void
test_done(void)
{
	struct control_read read;

	control_read_text(&read, CONTROL_START
	    "YN two@defer.test\nNN three@all.test\n" CONTROL_RECIPIENTS CONTROL_HEADER);

	g_autofree char *recipients = control_recipients(read.envelope);

	g_assert_cmpstr(recipients, ==, "Rcpt.One@defer.test ");
	g_assert_cmpuint(read.control->recipients->len, ==, 3);
	control_read_clear(&read);
}

#define ID_LINE CONTROL_ID "-H\n"

static const struct {
	const char *text, *where, *why;
} broken[] = {
	{ "", "x-H line 1: expected the file's own name, found the end of the file", "empty" },
	{ "1xV4Lb-0004IV-0q-H\n", "x-H line 1: expected the file's own name", "another's" },
	{ CONTROL_ID "-D\n", "x-H line 1: expected the file's own name", "a -D" },
	{ ID_LINE "mail 8\n", "x-H line 2: expected login, uid and gid", "one number" },
	{ ID_LINE "8 8\n", "x-H line 2: expected login, uid and gid", "no login" },
	{ ID_LINE "mail 8 8 \n", "x-H line 2: expected login, uid and gid", "a blank behind it" },
	{ ID_LINE "mail 8 8\na@x\n", "x-H line 3: expected the sender in angle brackets", "bare" },
	{ ID_LINE "mail 8 8\n<\n", "x-H line 3: expected the sender in angle brackets", "half" },
	{ ID_LINE "mail 8 8\n<>\n1\n", "x-H line 4: expected the time of reception", "one number" },
	{ ID_LINE "mail 8 8\n<>\n1 \n", "x-H line 4: expected the time of reception", "a blank" },
	{ ID_LINE "mail 8 8\n<>\n-1 0\n", "x-H line 4: expected the time of reception",
	    "negative" },
	{ CONTROL_START "--(mysql\n" REST, "x-H line 5: expected an option quoted as", "no )" },
	{ CONTROL_START "-aclm 1 9999\n" REST, "x-H line 5: expected an ACL variable", "too long" },
	{ CONTROL_START "-aclm 1 1\nab\n" REST, "x-H line 5: expected an ACL variable",
	    "a length that hits the wrong byte" },
	{ CONTROL_START "-aclm 1\na\n" REST, "x-H line 5: expected an ACL variable", "no length" },
	{ CONTROL_START "-aclm 1 x\na\n" REST, "x-H line 5: expected an ACL variable", "letters" },
	{ CONTROL_START "-aclm\n" REST, "x-H line 5: expected an ACL variable", "neither" },
	{ CONTROL_START "-aclm 1 18446744073709551615\n" REST,
	    "x-H line 5: expected an ACL variable", "a length that wraps" },
	{ CONTROL_START "-frozen\n" REST, "x-H line 5: expected the time since", "no time" },
	{ CONTROL_START "-body_linecount x\n" REST, "x-H line 5: expected a number", "no number" },
	{ CONTROL_START CONTROL_OPTIONS CONTROL_RECIPIENTS,
	    "x-H line 29: expected XX or an address that has been dealt with", "no tree" },
	{ CONTROL_START "XX\nXX\n", "x-H line 6: expected the number of recipients, 1 to 16384",
	    "no count" },
	{ CONTROL_START "XX\n0\n\n", "x-H line 6: expected the number of recipients", "nobody" },
	{ CONTROL_START "XX\n-1\n\n", "x-H line 6: expected the number of recipients", "negative" },
	{ CONTROL_START "XX\n16385\n", "x-H line 6: expected the number of recipients", "many" },
	{ CONTROL_START "XX\n2\na@x\n\n", "x-H line 8: expected a recipient, found \"\"", "few" },
	{ CONTROL_START "XX\n1\na@x\nb@x\n\n", "x-H line 8: expected an empty line behind the",
	    "one too many" },
	{ CONTROL_START "XX\n1\na@x#3\n\n", "x-H line 7: expected a recipient", "bad data" },
	{ CONTROL_START "XX\n1\na@x 1\n\n", "x-H line 7: expected a recipient whose parent",
	    "alone" },
	{ CONTROL_START "XX\n1\na@x\n", "x-H line 8: expected an empty line, found the end",
	    "end" },
	{ CONTROL_START "XX\n1\na@x\n\nSubject: x\n",
	    "x-H line 9: expected the length and the flag", "a bare field" },
	{ CONTROL_START "XX\n1\na@x\n\n011  Subject: x\n\n",
	    "x-H line 10: expected the length and the flag", "an empty line at the end" },
	{ CONTROL_START "XX\n1\na@x\n\n10  A: 678901\n",
	    "x-H line 9: expected the length and the flag", "two digits" },
	{ CONTROL_START "XX\n1\na@x\n\n005 A: b\n", "x-H line 9: expected the length and the flag",
	    "no flag" },
	{ CONTROL_START "XX\n1\na@x\n\n000  \n", "x-H line 9: expected the length and the flag",
	    "no field" },
	{ CONTROL_START "XX\n1\na@x\n\n006  A: b\n", "x-H line 9: expected a header field of this",
	    "too long" },
	{ CONTROL_START "XX\n1\na@x\n\n004  A: b\n", "x-H line 9: expected a header field of this",
	    "too short" },
	{ CONTROL_START "XX\n1\na@x\n\n006   A: b\n", "x-H line 9: expected a header field that",
	    "a blank first" },
	{ CONTROL_START "XX\n1\na@x\n\n99999999999999999999  A: b\n",
	    "x-H line 9: expected the length and the flag", "a length beyond all numbers" },
};

static void
test_broken(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(broken); i++) {
		struct control_read read;
		g_autoptr(GError) error = NULL;

		g_test_message("%s", broken[i].why);
		g_assert_false(
		    control_read_bytes(&read, broken[i].text, strlen(broken[i].text), &error));
		g_assert_error(error, SPOOL_ERROR, SPOOL_ERROR_CORRUPT);
		g_test_message("%s", error->message);
		g_assert_true(g_str_has_prefix(error->message, broken[i].where));
		g_assert_null(read.envelope);
		g_assert_null(read.headers);
	}
}

/* Cut anywhere, the file is refused or it is the same message with fewer header fields: a file
 * doesn't say how many there are. */
static void
test_cut(void)
{
	static const char text[] = CONTROL_TEXT;
	size_t header = sizeof(text) - sizeof(CONTROL_HEADER), whole = 0;

	for (size_t length = 0; length < sizeof(text); length++) {
		struct control_read read;
		g_autoptr(GError) error = NULL;

		if (!control_read_bytes(&read, text, length, &error)) {
			g_assert_error(error, SPOOL_ERROR, SPOOL_ERROR_CORRUPT);
			g_assert_true(g_str_has_prefix(error->message, "x-H line "));
			continue;
		}
		g_assert_cmpuint(length, >=, header);
		g_assert_cmpuint(header_list_count(read.headers), ==, whole);
		g_assert_cmpuint(read.envelope->recipients->len, ==, 3);
		whole++;
		control_read_clear(&read);
	}
	g_assert_cmpuint(whole, ==, 7);
}

static void
test_nul_anywhere(void)
{
	static const char text[] = CONTROL_TEXT;
	static const char values[] = "127.0.0.1line1\nline2,rcpt.one@defer.test,two@defer.test,"
				     "three@all.testit''s";
	size_t read_all_the_same = 0;

	for (size_t at = 0; at + 1 < sizeof(text); at++) {
		g_autofree char *copy = g_memdup2(text, sizeof(text));
		struct control_read read;
		g_autoptr(GError) error = NULL;

		copy[at] = '\0';
		if (control_read_bytes(&read, copy, sizeof(text) - 1, &error)) {
			read_all_the_same++;
			control_read_clear(&read);
		} else {
			g_assert_error(error, SPOOL_ERROR, SPOOL_ERROR_CORRUPT);
		}
	}
	g_assert_cmpuint(read_all_the_same, ==, sizeof(values) - 1);
}

/* One byte changed anywhere: refused or read, never more than that (the sanitizers watch). */
static void
test_any_byte(void)
{
	static const char text[] = CONTROL_TEXT;
	static const char bytes[] = "\n 0#-<\xff";

	for (size_t at = 0; at + 1 < sizeof(text); at++) {
		for (size_t i = 0; i + 1 < sizeof(bytes); i++) {
			g_autofree char *copy = g_memdup2(text, sizeof(text));
			struct control_read read;
			g_autoptr(GError) error = NULL;

			copy[at] = bytes[i];
			if (control_read_bytes(&read, copy, sizeof(text) - 1, &error))
				control_read_clear(&read);
			else
				g_assert_error(error, SPOOL_ERROR, SPOOL_ERROR_CORRUPT);
		}
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/exim_read/a file of Exim 4.96 with most of everything", test_whole);
	g_test_add_func("/exim_read/options are read in all their forms", test_options);
	g_test_add_func("/exim_read/who has got the message is no recipient", test_done);
	g_test_add_func("/exim_read/a broken file is refused with its line", test_broken);
	g_test_add_func("/exim_read/a file that is cut short is never half a message", test_cut);
	g_test_add_func("/exim_read/NUL bytes are refused but in ACL values", test_nul_anywhere);
	g_test_add_func("/exim_read/any byte is safe", test_any_byte);
	return g_test_run();
}
