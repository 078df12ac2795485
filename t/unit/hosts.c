/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hosts as links have them: what is an address, what a domain, and what pretends to be another name. */
#include "core/check/hosts.h"

#include "t/unit/config_scratch.h"

static void
test_addresses(void)
{
	static const struct {
		const char *host;
		bool address;
	} rows[] = {
		{ "192.0.2.7", true },
		{ "192.0.2.7.", true },
		{ "0300.0.2.7", true },
		{ "0xc0.0.0x2.7", true },
		{ "192.0.519", true },
		{ "192.519", true },
		{ "3221225991", true },
		{ "0xc0000207", true },
		{ "0", true },
		{ "0x", true },
		{ "4294967296", false },
		{ "192.0.2.256", false },
		{ "256.0.2.1", false },
		{ "1.16777216", false },
		{ "09.1.1.1", false },
		{ "1.2.3.4.5", false },
		{ "1..2", false },
		{ "99999999999999999999999", false },
		{ "abba.de", false },
		{ "1.2.3.de", false },
		{ "2001:db8::1", true },
		{ "[2001:db8::1]", true },
		{ "[::ffff:192.0.2.7]", true },
		{ "[fe80::1%25eth0]", true },
		{ "[::g]", false },
		{ "[", false },
		{ ":", false },
		{ "", false },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_test_message("%s", rows[i].host);
		g_assert_cmpint(host_is_address(rows[i].host), ==, rows[i].address);
	}
}

static void
test_domains(void)
{
	static const struct {
		const char *host, *domain;
	} rows[] = {
		{ "www.example.com", "example.com" },
		{ "example.com", "example.com" },
		{ "com", NULL },
		{ "a.b.example.co.uk", "example.co.uk" },
		{ "co.uk", NULL },
		{ "www.example.unknown-end", "example.unknown-end" },
		{ "a.b.listed.test", "b.listed.test" },
		{ "listed.test", NULL },
		{ "a.b.two.listed.zz", "b.two.listed.zz" },
		{ "a.other.zz", "other.zz" },
		{ "", NULL },
		{ ".", NULL },
		{ "..com", NULL },
	};
	g_autofree char *path = scratch_write("suffixes", "listed.test\ntwo.listed.zz\n");
	struct sitelist *suffixes = sitelist_load(path, NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_test_message("%s", rows[i].host);
		g_assert_cmpstr(host_domain(rows[i].host, suffixes), ==, rows[i].domain);
	}
	g_assert_cmpstr(host_domain("a.b.listed.test", NULL), ==, "listed.test");
	sitelist_free(suffixes);
}

static void
test_scripts(void)
{
	static const struct {
		const char *host;
		bool mixed;
		const char *why;
	} rows[] = {
		{ "example.com", false, "ASCII" },
		{ "m\xc3\xbcller-24.example", false, "Latin with marks, digits and hyphens" },
		{ "\xd0\xb0pple.example", true, "Cyrillic a" },
		{ "xn--pple-43d.example", true, "the same as A-label" },
		{ "g\xce\xbfogle.example", true, "Greek o" },
		{ "\xd0\xb0\xd0\xb1.example", false, "one script a label" },
		{ "\xd0\xb0\xce\xbf.example", true, "Cyrillic and Greek" },
		{ "\xe6\x9d\xb1\xe3\x81\xae"
		  "abc.example",
		    false, "Han, Hiragana, Latin" },
		{ "\xe6\x9d\xb1\xd0\xb0.example", true, "Han and Cyrillic" },
		{ "xn--\x21\x21.example", false, "no A-label at all" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_test_message("%s: %s", rows[i].host, rows[i].why);
		g_assert_cmpint(host_mixes_scripts(rows[i].host), ==, rows[i].mixed);
	}
}

static void
test_canonical(void)
{
	static const char *const rows[][2] = {
		{ "WWW.Example.COM", "www.example.com" },
		{ "m\xc3\xbcller.Example", "xn--mller-kva.example" },
		{ "M\xc3\x9cLLER.example", "xn--mller-kva.example" },
		{ "stra\xc3\x9f"
		  "e.example",
		    "xn--strae-oqa.example" },
		{ "example\xe3\x80\x82"
		  "com",
		    "example.com" },
		{ "under_score.m\xc3\xbcller.example", "under_score.xn--mller-kva.example" },
		{ "\xef\xbf\xbd.Example", "\xef\xbf\xbd.example" },
		{ "", "" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *host = host_canonical(rows[i][0]);

		g_assert_cmpstr(host, ==, rows[i][1]);
	}
}

static void
test_ports(void)
{
	static const char *const rows[][2] = {
		{ "example.com", "example.com" },
		{ "example.com:8080", "example.com" },
		{ "me@example.com:8080", "example.com" },
		{ "me:secret@example.com", "example.com" },
		{ "a@b@example.com", "example.com" },
		{ "[2001:db8::1]:81", "[2001:db8::1]" },
		{ "2001:db8::1", "2001:db8::1" },
		{ "[2001", "[2001" },
		{ ":80", "" },
		{ "", "" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *host = host_without_port(rows[i][0]);

		g_assert_cmpstr(host, ==, rows[i][1]);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	scratch_open();
	g_test_add_func("/hosts/an address is one in any notation", test_addresses);
	g_test_add_func("/hosts/a domain is one label below its suffix", test_domains);
	g_test_add_func("/hosts/scripts that nobody writes together are noticed", test_scripts);
	g_test_add_func("/hosts/a name has one form", test_canonical);
	g_test_add_func("/hosts/users and ports are no part of the host", test_ports);
	int status = g_test_run();

	scratch_close();
	return status;
}
