/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "spool/exim_option.h"

static const struct {
	const char *value, *address, *why;
} addresses[] = {
	{ "[192.0.2.1]:35174", "192.0.2.1", "Exim 4.96" },
	{ "[2001:db8::1]:25", "2001:db8::1", "the same, IPv6" },
	{ "[2001:db8:1:2:3:4:5:6]:25", "2001:db8:1:2:3:4:5:6", "in full" },
	{ "[192.0.2.1]", "192.0.2.1", "no port" },
	{ "192.0.2.1.35174", "192.0.2.1", "before 4.96" },
	{ "2001:db8::1.35174", "2001:db8::1", "the same, IPv6" },
	{ "::ffff:192.0.2.1.35174", "::ffff:192.0.2.1", "IPv4 inside IPv6" },
	{ "192.0.2.1", "192.0.2.1", "bare" },
	{ "2001:db8::1", "2001:db8::1", "bare, IPv6" },
	{ "::ffff:192.0.2.1", "::ffff:192.0.2.1", "bare, IPv4 inside IPv6" },
	{ "[fe80::1%eth0]:25", "fe80::1", "the interface is no part of the address" },
	{ "", "", "nothing" },
	{ "[", "", "a bracket" },
	{ "[]:25", "", "brackets" },
	{ "mail.example.test", "", "a name" },
	{ "192.0.2.1.2.3", "", "too much of it" },
	{ "999.0.2.1", "", "no such number" },
};

static void
test_addresses(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(addresses); i++) {
		g_autofree char *address = exim_client_address(addresses[i].value);

		g_test_message("%s: %s", addresses[i].value, addresses[i].why);
		g_assert_cmpstr(address, ==, addresses[i].address);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/exim_option/a client's address is found in every syntax", test_addresses);
	return g_test_run();
}
