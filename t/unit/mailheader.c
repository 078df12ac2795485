/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a template of an old site leaves out of its header is there when the mail is sent. */
#include "core/act/mailheader.h"

#include <glib.h>

#define AUTO "Auto-Submitted: auto-replied\n"
#define MIME "MIME-Version: 1.0\n"
#define TEXT "Content-Type: text/plain; charset=UTF-8\n"
#define CODED "Content-Transfer-Encoding: 8bit\n"

static const struct {
	const char *mail, *expected, *why;
} cases[] = {
	{ "To: a@b.test\n\nx\n", AUTO "To: a@b.test\n" MIME TEXT CODED "\nx\n", "nothing is said" },
	{ AUTO "To: a\n" MIME TEXT CODED "\nx\n", AUTO "To: a\n" MIME TEXT CODED "\nx\n",
	    "all is said" },
	{ "auto-submitted: auto-generated\nMime-version: 1.0\n\n",
	    "auto-submitted: auto-generated\nMime-version: 1.0\n" TEXT CODED "\n", "in any case" },
	{ MIME "Content-Type: text/html; charset=\"iso-8859-1\"; format=flowed\n\nx",
	    AUTO MIME "Content-Type: text/html; charset=UTF-8; format=flowed\n" CODED "\nx",
	    "the charset is ours" },
	{ MIME "Content-Type: text/plain;\n\tCharset=iso-8859-1\nTo: b\n\nx",
	    AUTO MIME "Content-Type: text/plain; Charset=UTF-8\nTo: b\n" CODED "\nx",
	    "also in a second line" },
	{ MIME "Content-Type: text/plain\nContent-Transfer-Encoding: 7bit\n\nx",
	    AUTO MIME "Content-Type: text/plain; charset=UTF-8\n" CODED "\nx",
	    "7 bits are too few" },
	{ MIME TEXT "Content-Transfer-Encoding: quoted-printable\n\n=41",
	    AUTO MIME TEXT "Content-Transfer-Encoding: quoted-printable\n\n=41",
	    "another encoding is believed" },
	{ "Content-Transfer-Encoding: base64\n\nx", AUTO MIME TEXT CODED "\nx",
	    "but not without a type" },
	{ MIME "Content-Type: multipart/mixed; boundary=x\n\n--x--\n",
	    AUTO MIME "Content-Type: multipart/mixed; boundary=x\n" CODED "\n--x--\n",
	    "no text: nothing is named" },
	{ "Subject: gr\u00FCn\n\n", AUTO "Subject: =?UTF-8?B?Z3LDvG4=?=\n" MIME TEXT CODED "\n",
	    "headers are ASCII" },
	{ "From: \"gr\u00FCn\" <a@b.test>\n\n",
	    AUTO "From: =?UTF-8?B?Z3LDvG4=?= <a@b.test>\n" MIME TEXT CODED "\n",
	    "an address stays legible" },
	{ "To: a", AUTO "To: a\n" MIME TEXT CODED "\n", "a header alone" },
};

static void
test_cases(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *mail = mailheader_complete(cases[i].mail);

		g_test_message("%s", cases[i].why);
		g_assert_cmpstr(mail, ==, cases[i].expected);
	}
}

static void
test_mailbox(void)
{
	static const struct {
		const char *name, *address, *expected;
	} rows[] = {
		{ "Mail Scanner", "p@x.test", "\"Mail Scanner\" <p@x.test>" },
		{ "a\"b\\c", "p@x.test", "\"a'b'c\" <p@x.test>" },
		{ "a\nBcc: y", "p\n@x", "\"a Bcc: y\" <p @x>" },
		{ "gr\u00FCn", "p@x.test", "=?UTF-8?B?Z3LDvG4=?= <p@x.test>" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *mailbox = mailheader_mailbox(rows[i].name, rows[i].address);

		g_assert_cmpstr(mailbox, ==, rows[i].expected);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/mailheader/a header that says what it is", test_cases);
	g_test_add_func("/mailheader/a mailbox, whatever its name", test_mailbox);
	return g_test_run();
}
