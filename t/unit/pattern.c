/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/pattern.h"

struct test {
	const char *word;
	enum pattern_kind kind;
	const char *text;
};

static const struct test words[] = {
	{ "/etc/list", PATTERN_LIST, "/etc/list" },
	{ "/x/i", PATTERN_LIST, "/x/i" },
	{ "domain.com", PATTERN_ADDRESS, "*@domain.com" },
	{ "*.Domain.com", PATTERN_ADDRESS, "*@*.domain.com" },
	{ "*domain.com", PATTERN_ADDRESS, "*@*domain.com" },
	{ "@domain.com", PATTERN_ADDRESS, "*@domain.com" },
	{ "user@", PATTERN_ADDRESS, "user@*" },
	{ ".domain.com", PATTERN_ADDRESS, "*@.domain.com" },
	{ "domain.com.", PATTERN_ADDRESS, "*@domain.com" },
	{ "a***b@c", PATTERN_ADDRESS, "a*b@c" },
	{ "cafe.de", PATTERN_ADDRESS, "*@cafe.de" },
	{ "bad-cafe.de", PATTERN_ADDRESS, "*@bad-cafe.de" },
	{ "bad/cafe", PATTERN_ADDRESS, "*@bad/cafe" },
	{ "163.com", PATTERN_ADDRESS, "*@163.com" },
	{ "/", PATTERN_ADDRESS, "*@/" },
	{ "default", PATTERN_DEFAULT, NULL },
	{ "Default", PATTERN_DEFAULT, NULL },
	{ "*", PATTERN_DEFAULT, NULL },
	{ "*@", PATTERN_DEFAULT, NULL },
	{ "*@*", PATTERN_DEFAULT, NULL },
	{ "/.*/", PATTERN_DEFAULT, NULL },
	{ "host:/.*/", PATTERN_DEFAULT, NULL },
	{ "10.", PATTERN_CLIENT, "10." },
	{ "2001:DB8::", PATTERN_CLIENT, "2001:DB8::" },
	{ "10/8", PATTERN_CLIENT, "10/8" },
	{ "10.0.0.1-10.0.0.2", PATTERN_CLIENT, "10.0.0.1-10.0.0.2" },
	{ "/^10\\./", PATTERN_CLIENT_EXPRESSION, "^10\\." },
	{ "/^10\\.1\\.2\\.3/", PATTERN_CLIENT_WHOLE, "^10\\.1\\.2\\.3" },
	{ "/10.1.2.3/", PATTERN_CLIENT_WHOLE, "10.1.2.3" },
	{ "/0.1.2/", PATTERN_CLIENT_EXPRESSION, "0.1.2" },
	{ "/^10\\.\\d/", PATTERN_ADDRESS_EXPRESSION, "^10\\.\\d" },
	{ "/ABC/", PATTERN_ADDRESS_EXPRESSION, "ABC" },
	{ "/^\\S+@X/", PATTERN_ADDRESS_EXPRESSION, "^\\S+@X" },
	{ "/^$/", PATTERN_ADDRESS_EXPRESSION, "^$" },
	{ "/@/", PATTERN_ADDRESS_EXPRESSION, "@" },
	{ "ip:/^10\\.\\d/", PATTERN_CLIENT_EXPRESSION, "^10\\.\\d" },
	{ "IP:/a/", PATTERN_CLIENT_EXPRESSION, "a" },
	{ "host:Mail.Example", PATTERN_HOST, "*.mail.example" },
	{ "HOST:*.example", PATTERN_HOST, "*.example" },
	{ "host:*example", PATTERN_HOST, "*example" },
	{ "host:.example", PATTERN_HOST, ".*.example" },
	{ "host:mail*.example", PATTERN_HOST, "*.mail*.example" },
	{ "host:", PATTERN_HOST, "" },
	{ "host:_SPOOFED_", PATTERN_HOST, "_spoofed_" },
	{ "_SPOOFED_", PATTERN_HOST, "_spoofed_" },
	{ "host:/x/", PATTERN_HOST_EXPRESSION, "x" },
	{ "host-nocheck:b.c", PATTERN_CLAIMED, "*.b.c" },
	{ "host-nocheck:/x/", PATTERN_CLAIMED_EXPRESSION, "x" },
};

static const struct test virus_words[] = {
	{ "Eicar", PATTERN_REPORT, "*eicar*" },
	{ "a*B", PATTERN_REPORT, "*a*b*" },
	{ "*a", PATTERN_REPORT, "*a*" },
	{ "10.0.0.0/8", PATTERN_REPORT, "*10.0.0.0/8*" },
	{ "/x\\d/", PATTERN_REPORT_EXPRESSION, "x\\d" },
	{ "/10/", PATTERN_REPORT_EXPRESSION, "10" },
	{ "default", PATTERN_DEFAULT, NULL },
	{ "*", PATTERN_DEFAULT, NULL },
	{ "*@*", PATTERN_REPORT, "*@*" },
	{ "host:x", PATTERN_HOST, "*.x" },
	{ "/list", PATTERN_LIST, "/list" },
};

static void
check(const struct test *tests, size_t count, bool virus)
{
	struct pattern pattern = { PATTERN_DEFAULT, g_string_new(NULL) };

	for (size_t i = 0; i < count; i++) {
		g_test_message("%s", tests[i].word);
		pattern_read(&pattern, tests[i].word, virus);
		g_assert_cmpint(pattern.kind, ==, tests[i].kind);
		if (tests[i].text)
			g_assert_cmpstr(pattern.text->str, ==, tests[i].text);
	}
	g_string_free(pattern.text, TRUE);
}

static void
test_words(void)
{
	check(words, G_N_ELEMENTS(words), false);
}

static void
test_virus(void)
{
	check(virus_words, G_N_ELEMENTS(virus_words), true);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/pattern/a word is one kind of pattern", test_words);
	g_test_add_func("/pattern/in Virus: rules it is about reports", test_virus);
	return g_test_run();
}
