/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/network.h"

#include <string.h>

struct test {
	const char *word;
	const char *expected; /* "network/bits ...", or "!" and a part of the error */
	bool partial;
};

static const struct test words[] = {
	{ "10.1.2.3", "10.1.2.3/32", false },
	{ "10.1.2.", "10.1.2.0/24", false },
	{ "10.", "10.0.0.0/8", false },
	{ "152.78", "152.78.0.0/16", false },
	{ "0", "0.0.0.0/8", false },
	{ "10.9",
	    "10.9.0.0/16 10.90.0.0/16 10.91.0.0/16 10.92.0.0/16 10.93.0.0/16 10.94.0.0/16 "
	    "10.95.0.0/16 10.96.0.0/16 10.97.0.0/16 10.98.0.0/16 10.99.0.0/16",
	    true },
	{ "10.25",
	    "10.25.0.0/16 10.250.0.0/16 10.251.0.0/16 10.252.0.0/16 10.253.0.0/16 "
	    "10.254.0.0/16 10.255.0.0/16",
	    true },
	{ "10.1.2.3.", "!no IPv4", false },
	{ "10.1.2.3.4", "!no IPv4", false },
	{ "10..1", "!no IPv4", false },
	{ ".10", "!no IPv4", false },
	{ "...", "!no IPv4", false },
	{ "256.", "!no IPv4", false },
	{ "1000", "!no IPv4", false },
	{ "2001:db8::1", "2001:db8::1/128", false },
	{ "2001:DB8:0:0:0:0:0:1", "2001:db8::1/128", false },
	{ "2001:db8:", "2001:db8::/32", false },
	{ "2001:db8::", "2001:db8::/48", false },
	{ "2001:db80", "2001:db80::/32", false },
	{ "2001:d", "2001:d::/32 2001:d0::/28 2001:d00::/24 2001:d000::/20", true },
	{ "2001:0", "2001::/32", false },
	{ "::1", "::1/128", false },
	{ "::", "::/32", false },
	{ "::ffff:10.1.2.3", "10.1.2.3/32", false },
	{ "::ffff:10.1.2.", "10.1.2.0/24", false },
	{ "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8/128", false },
	{ "1:2:3:4:5:6:7:", "1:2:3:4:5:6:7:0/112", false },
	{ "1:2:3:4:5:6:7:8:", "!no IPv6", false },
	{ "1:2:3:4:5:6:7:8:9", "!no IPv6", false },
	{ "12345:", "!no IPv6", false },
	{ ":", "!no IPv6", false },
	{ ":::", "!no IPv6", false },
	{ "1::2::3", "!no IPv6", false },
	{ "10.1.2.3/8", "10.0.0.0/8", false },
	{ "152.78/16", "152.78.0.0/16", false },
	{ "152.78./16", "152.78.0.0/16", false },
	{ "0.0.0.0/0", "0.0.0.0/0", false },
	{ "10.0.0.0/33", "!from 0 to 32", false },
	{ "10.0.0.0/", "!from 0 to 32", false },
	{ "10.0.0.0/99999999999999999999", "!from 0 to 32", false },
	{ "10.0.0.0/255.255.0.0", "10.0.0.0/16", false },
	{ "10.0.0.0/0.0.0.0", "0.0.0.0/0", false },
	{ "10.0.0.0/255.0.255.0", "!gap", false },
	{ "10.0.0.0/ffff::", "!neither", false },
	{ "2001:db8::/32", "2001:db8::/32", false },
	{ "2001:db8::/129", "!from 0 to 128", false },
	{ "2001:db8::/ffff:ffff::", "2001:db8::/32", false },
	{ "::ffff:10.0.0.0/104", "10.0.0.0/8", false },
	{ "::ffff:10.0.0.0/8", "!from 96 to 128", false },
	{ "10.0.0.0/8/9", "!from 0 to 32", false },
	{ "10.0.0.1-10.0.0.1", "10.0.0.1/32", false },
	{ "10.0.0.1-10.0.0.6", "10.0.0.1/32 10.0.0.2/31 10.0.0.4/31 10.0.0.6/32", false },
	{ "0.0.0.0-255.255.255.255", "0.0.0.0/0", false },
	{ "255.255.255.254-255.255.255.255", "255.255.255.254/31", false },
	{ "10.0.0.0-10.1.255.255", "10.0.0.0/15", false },
	{ "2001:db8::-2001:db8::f", "2001:db8::/124", false },
	{ "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::/0", false },
	{ "10.0.0.2-10.0.0.1", "!wrong way round", false },
	{ "10.0.0.1-::2", "!no range", false },
	{ "10.0.0.1-9", "!no range", false },
};

static void
test_word(const void *data)
{
	const struct test *test = data;
	g_autoptr(GArray) networks = g_array_new(FALSE, FALSE, sizeof(struct network));
	g_autoptr(GError) error = NULL;
	GString *text = g_string_new(NULL);
	bool partial;

	if (!network_parse(test->word, networks, &partial, &error)) {
		g_assert_cmpint(test->expected[0], ==, '!');
		g_assert_nonnull(strstr(error->message, test->expected + 1));
		g_assert_nonnull(strstr(error->message, test->word));
		g_string_free(text, TRUE);
		return;
	}
	for (unsigned i = 0; i < networks->len; i++) {
		const struct network *network = &g_array_index(networks, struct network, i);
		g_autofree char *ip = ip_text(&network->ip);
		g_string_append_printf(text, "%s%s/%u", i > 0 ? " " : "", ip, network->bits);
	}
	g_assert_cmpstr(text->str, ==, test->expected);
	g_assert_cmpint(partial, ==, test->partial);
	g_string_free(text, TRUE);
}

static void
test_looks(void)
{
	static const char *const yes[] = { "1", "10.", "...", "::", "2001:db8", "a:", "A:1.2" };
	static const char *const no[] = { "", "cafe.de", "bbc", "feed.ac", "abc", "10.x", "g::" };

	for (size_t i = 0; i < G_N_ELEMENTS(yes); i++)
		g_assert_true(network_looks_like(yes[i]));
	for (size_t i = 0; i < G_N_ELEMENTS(no); i++)
		g_assert_false(network_looks_like(no[i]));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
		g_autofree char *name = g_strdup_printf("/network/%zu", i);
		g_test_add_data_func(name, &words[i], test_word);
	}
	g_test_add_func("/network/domains of hexadecimal letters are no networks", test_looks);
	return g_test_run();
}
