/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/act/seal.h"

#include <string.h>

static const struct {
	const char *signature; /* value of the field; NULL: none */
	const char *body;      /* up to the first change */
	bool breaks;
	const char *why;
} cases[] = {
	{ NULL, "", false, "nothing is signed" },
	{ "v=1; bh=x", "everything", true, "all of it is" },
	{ "v=1; l=0", "", false, "nothing of the body" },
	{ "v=1; l=6", "abcd\n", false, "what stays" },
	{ "v=1; l=7", "abcd\n", true, "and one byte more" },
	{ "v=1; l=7; c=relaxed/simple", "a  b\ne", false, "each blank counts" },
	{ "v=1; l=7; c=relaxed/relaxed", "a  b\ne", true, "or runs of them as one" },
	{ "v=1; l=6; c=relaxed/relaxed", "a  b\ne", false, "which is enough here" },
	{ "v=1; l=3; c=relaxed/relaxed", "a  \t\n", false, "at the end of a line as none" },
	{ "v=1; l=4; c=relaxed/relaxed", "a  \t\n", true, "of course" },
	{ "v=1; l=x", "abcd\n", true, "a length that is none" },
	{ "v=1; l = 6 ; c=simple", "abcd\r\n", false, "CRLF is one line end" },
};

static struct header_list *
headers_of(const char *signature, char **text)
{
	struct header_list *list = header_list_new();

	*text = g_strdup_printf("DKIM-Signature: %s\n", signature != NULL ? signature : "");
	if (signature != NULL)
		header_list_read(list, *text, strlen(*text), ' ', false);
	return list;
}

static void
test_body(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *text = NULL;
		struct header_list *list = headers_of(cases[i].signature, &text);
		struct seal_dkim dkim = seal_dkim_of(list);

		g_test_message("%s", cases[i].why);
		g_assert_cmpint(seal_dkim_breaks(&dkim, cases[i].body, strlen(cases[i].body)), ==,
		    cases[i].breaks);
		header_list_free(list);
	}
}

static void
test_fields(void)
{
	g_autofree char *text = NULL;
	struct header_list *list = headers_of("v=1; h=From : to:\n\tcontent-type; b=x", &text);

	g_assert_true(seal_covers_field(list, "From"));
	g_assert_true(seal_covers_field(list, "To"));
	g_assert_true(seal_dkim_of(list).content_type);
	g_assert_false(seal_covers_field(list, "Subject"));
	g_assert_false(seal_covers_field(list, "x"));
	header_list_free(list);
}

static void
test_parts(void)
{
	struct facts *facts = facts_new();
	static const char *const types[] = { "multipart/mixed", "multipart/signed", "text/plain",
		"text/calendar", "text/plain" };
	static const int parents[] = { -1, 0, 1, 0, 0 };
	static const bool sealed[] = { false, true, true, true, false };

	for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
		struct part *part = facts_add_part(facts, parents[i], PART_LEAF);

		g_free(part->type);
		part->type = g_strdup(types[i]);
	}
	for (unsigned n = 0; n < G_N_ELEMENTS(types); n++)
		g_assert_cmpint(seal_of_part(facts, n) != NULL, ==, sealed[n]);
	part_set(facts_part(facts, 4), PART_FACT_mime_encrypted);
	g_assert_nonnull(seal_of_part(facts, 4));
	facts_free(facts);
}

static void
test_text(void)
{
	static const char signed_text[] = "hello\n-----BEGIN PGP SIGNED MESSAGE-----\n";

	g_assert_true(seal_in_text(signed_text, strlen(signed_text)));
	g_assert_false(seal_in_text(signed_text, 20));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/seal/a change breaks what covers it", test_body);
	g_test_add_func("/seal/signed fields are known", test_fields);
	g_test_add_func("/seal/parts in what is signed are sealed", test_parts);
	g_test_add_func("/seal/OpenPGP in text is known", test_text);
	return g_test_run();
}
