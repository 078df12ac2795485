/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which signatures of the sender a change for safety breaks. */
#include "core/act/broken.h"

#include "t/unit/rewrite_fixture.h"

#define HEAD "From: alice@sender.test\nMIME-Version: 1.0\n"
#define DKIM                                                            \
	"DKIM-Signature: v=1; d=sender.test; h=from; bh=x; b=x\n"       \
	"DKIM-Signature: v=1; d=list.test; h=from:subject; bh=x; b=x\n" \
	"DKIM-Signature: v=1; d=sender.test; h=from; bh=x; b=y\n"
#define SIGNED                                                                               \
	HEAD "Content-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: "              \
	     "multipart/signed; boundary=s\n\n--s\nContent-Type: text/html\n\n<form>\n--s\n" \
	     "Content-Type: application/pgp-signature\n\nxx\n--s--\n--o\n\nfooter\n--o--\n"
#define PGP                                                                   \
	HEAD "\n-----BEGIN PGP SIGNED MESSAGE-----\n\nhello\n-----BEGIN PGP " \
	     "SIGNATURE-----\nxx\n-----END PGP SIGNATURE-----\n"

static const struct {
	const char *why, *text;
	enum body_edit_kind kind;
	unsigned part;
	bool cosmetic;
	const char *broken; /* joined by | */
} cases[] = {
	{ "nothing is signed", HEAD "\nhello\n", BODY_SPLICE, 0, false, "" },
	{ "DKIM, each signer once", DKIM HEAD "\nhello\n", BODY_SPLICE, 0, false,
	    "DKIM of sender.test, list.test" },
	{ "a cosmetic change is not for safety", DKIM HEAD "\nhello\n", BODY_SPLICE, 0, true, "" },
	{ "what DKIM's length leaves out may change",
	    "DKIM-Signature: v=1; d=sender.test; l=2; h=from\n" HEAD "\nhello\n", BODY_SPLICE, 0,
	    false, "" },
	{ "a text in a multipart/signed", SIGNED, BODY_SPLICE, 2, false, "part 1: it is signed" },
	{ "which is removed", SIGNED, BODY_REMOVE, 2, false, "part 1: it is signed" },
	{ "the signature itself", SIGNED, BODY_REPLACE, 3, false, "part 1: it is signed" },
	{ "all of it is replaced", SIGNED, BODY_REPLACE, 1, false,
	    "part 1: it was signed, and is gone" },
	{ "or the whole message is", SIGNED, BODY_REPLACE, 0, false,
	    "part 1: it was signed, and is gone" },
	{ "what stands beside it may change", SIGNED, BODY_SPLICE, 4, false, "" },
	{ "a text between OpenPGP's marks", PGP, BODY_SPLICE, 0, false,
	    "part 0: its text is signed (OpenPGP)" },
	{ "is gone where it is replaced", PGP, BODY_REPLACE, 0, false, "" },
};

static void
test_cases(void)
{
	rewrite_configure("Keep Signatures = no\n");
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		const char *text = cases[i].text;
		struct message *message = rewrite_message(text, strlen(text));
		bool replaces = cases[i].kind == BODY_REPLACE;
		g_autoptr(GError) error = NULL;
		struct rewrite *plan = NULL;

		message->facts = rewrite_facts(text, strlen(text));
		struct body_edit *edit = message_edit_body(message, cases[i].kind, cases[i].part,
		    replaces ? NULL : "new",
		    replaces ? new_part_new("text/plain", "UTF-8", NULL, NULL, g_bytes_new("x", 1))
			     : NULL,
		    "test");
		edit->cosmetic = cases[i].cosmetic;
		edit->start = edit->end = cases[i].kind == BODY_SPLICE ? 4 : 0;
		g_assert_true(rewrite_plan(message, &plan, &error));
		g_autoptr(GPtrArray) texts = g_ptr_array_new();
		for (unsigned n = 0; n < rewrite_broken(plan)->len; n++)
			g_ptr_array_add(texts, g_ptr_array_index(rewrite_broken(plan), n));
		g_ptr_array_add(texts, NULL);
		g_autofree char *broken = g_strjoinv("|", (char **)texts->pdata);
		g_autofree char *by = broken_by(message);
		g_test_message("%s", cases[i].why);
		g_assert_cmpstr(broken, ==, cases[i].broken);
		g_assert_cmpstr(by, ==, cases[i].cosmetic ? "" : "test");
		rewrite_free(plan);
		message_free(message);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/broken/each signature that breaks is named", test_cases);
	int result = g_test_run();

	config_free(config_use(NULL));
	return result;
}
