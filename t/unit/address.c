/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/act/address.h"

static void
test_mailable(void)
{
	static const struct {
		const char *address;
		bool expected;
		const char *why;
	} cases[] = {
		{ "bob@example.test", true, "plain" },
		{ "postmaster", true, "the MTA adds the domain" },
		{ "b\xc3\xb6@example.test", true, "RFC 6531" },
		{ "x@[192.0.2.1]", true, "a domain literal" },
		{ "\"a, b\"@example.test", true, "quoted" },
		{ "\"a\\\"b\"@example.test", true, "a quote in quotes" },
		{ "", false, "nothing" },
		{ "-oQ@example.test", false, "an option" },
		{ "|cmd@example.test", false, "a pipe" },
		{ "a,b@example.test", false, "two addresses" },
		{ "a b@example.test", false, "two words" },
		{ "a<b@example.test>", false, "a phrase" },
		{ "\"a@example.test", false, "an open quote" },
		{ "a\\,b@example.test", false, "a backslash outside quotes" },
		{ "a\nb@example.test", false, "a line end" },
		{ "\"a\nb\"@example.test", false, "a line end in quotes" },
		{ "\"a\\\nb\"@example.test", false, "a line end behind a backslash" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_test_message("%s", cases[i].why);
		g_assert_true(address_is_mailable(cases[i].address) == cases[i].expected);
	}
}

static void
test_sorted(void)
{
	struct envelope *envelope = envelope_new();

	envelope_add_recipient(envelope, "b@x", NULL);
	envelope_add_recipient(envelope, "a@x", NULL);
	envelope_add_recipient(envelope, "b@x", NULL);
	g_autoptr(GPtrArray) sorted = address_sorted_recipients(envelope->recipients);
	g_assert_cmpuint(sorted->len, ==, 2);
	g_assert_cmpstr(g_ptr_array_index(sorted, 0), ==, "a@x");
	g_assert_cmpstr(g_ptr_array_index(sorted, 1), ==, "b@x");
	envelope_free(envelope);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/address/one address, no option, no command", test_mailable);
	g_test_add_func("/address/recipients are sorted, each once", test_sorted);
	return g_test_run();
}
