/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "spool/exim_recipient.h"

#include <string.h>

static const struct {
	const char *line;
	const char *address; /* NULL: refused */
	int parent;
	const char *parent_text; /* NULL: the line names none */
	const char *why;
} lines[] = {
	{ "a@x.test", "a@x.test", -1, NULL, "plain" },
	{ "root", "root", -1, NULL, "unqualified" },
	{ "12345", "12345", -1, NULL, "unqualified, digits" },
	{ "a@[192.0.2.1]", "a@[192.0.2.1]", -1, NULL, "domain literal" },
	{ "a@x2", "a@x2", -1, NULL, "a domain that ends in a digit" },
	{ "\"a b\"@x.test", "\"a b\"@x.test", -1, NULL, "blank in the local part" },
	{ "\"a 1,2#3\"@x.test", "\"a 1,2#3\"@x.test", -1, NULL,
	    "looks like data, isn't at the end" },
	{ "a@x.test 0", "a@x.test", 0, "0", "early Exim 4" },
	{ "\"a b\"@x.test 12", "\"a b\"@x.test", 12, "12", "early Exim 4, a blank in the address" },
	{ "a@x.test 0,3,0", "a@x.test", 3, "3", "Exim 3" },
	{ "a@x.test,5", "a@x.test,5", -1, NULL, "a comma without a blank is part of the address" },
	{ "a@x.test  0,-1#1", "a@x.test", -1, "-1", "errors-to, empty" },
	{ "a@x.test e@y.test 8,2#1", "a@x.test", 2, "2", "errors-to" },
	{ "a@x.test  0,2#2", "a@x.test", -1, NULL, "DSN alone" },
	{ "a@x.test  0,2  0,-1#3", "a@x.test", -1, "-1", "DSN, both empty" },
	{ "Rcpt.One@defer.test rfc822;Orig+40one@defer.test 28,12  0,-1#3", "Rcpt.One@defer.test",
	    -1, "-1", "original recipient" },
	{ "a@x.test rfc822;a b 10,4 e f@y.test 10,7#3", "a@x.test", 7, "7", "blanks everywhere" },
	{ "a@x.test rfc822;1,2 10,4  0,-1#3", "a@x.test", -1, "-1", "digits in the original one" },
	{ "", NULL, 0, NULL, "nothing" },
	{ " 0", NULL, 0, NULL, "no address before a parent" },
	{ "#3", NULL, 0, NULL, "no address before data" },
	{ "a@x.test#3", NULL, 0, NULL, "no data" },
	{ "a@x.test #1", NULL, 0, NULL, "empty data" },
	{ "a@x.test  0,-1#0", NULL, 0, NULL, "no flags" },
	{ "a@x.test  0,-1#4", NULL, 0, NULL, "a flag that nobody knows" },
	{ "a@x.test  0,-1#99999999999999999999", NULL, 0, NULL, "too many flags" },
	{ "a@x.test  0,-2#1", NULL, 0, NULL, "a parent before the list" },
	{ "a@x.test  0,#1", NULL, 0, NULL, "no parent" },
	{ "a@x.test  ,1#1", NULL, 0, NULL, "no length" },
	{ "a@x.test  1,1#1", NULL, 0, NULL, "a length that hits the wrong byte" },
	{ "a@x.test  999,1#1", NULL, 0, NULL, "a length beyond the line" },
	{ "a@x.test  99999999999999999999,1#1", NULL, 0, NULL, "a length beyond all numbers" },
	{ "a@x.test  -1,1#1", NULL, 0, NULL, "a negative length" },
	{ "a@x.test  0,2  0,99999999999#3", NULL, 0, NULL, "a parent beyond all numbers" },
	{ "a@x.test  0,-1  0,-1#3", NULL, 0, NULL, "negative DSN flags" },
	{ "a@x.test  0,-1#3", NULL, 0, NULL, "DSN data are missing" },
	{ "0,2  0,-1#3", NULL, 0, NULL, "the address is missing" },
	{ " 0,2  0,-1#3", NULL, 0, NULL, "an empty address" },
	{ "a@x.test 1,2", NULL, 0, NULL, "Exim 3 has three numbers" },
	{ "a@x.test 1,2,3,4", NULL, 0, NULL, "not four" },
	{ "a@x.test ,1,2", NULL, 0, NULL, "an empty one" },
	{ "a@x.test 1,,2", NULL, 0, NULL, "another" },
};

static void
test_lines(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
		struct exim_line line = { lines[i].line, strlen(lines[i].line) };
		struct exim_recipient recipient;
		bool good = exim_recipient_parse(line, &recipient);

		g_test_message("\"%s\": %s", lines[i].line, lines[i].why);
		g_assert_cmpint(good, ==, lines[i].address != NULL);
		if (!good)
			continue;

		g_autofree char *address = g_strndup(line.text, recipient.address_length);
		g_autofree char *parent =
		    g_strndup(line.text + recipient.parent_at, recipient.parent_length);

		g_assert_cmpstr(address, ==, lines[i].address);
		g_assert_cmpint(recipient.parent, ==, lines[i].parent);
		g_assert_cmpstr(
		    parent, ==, lines[i].parent_text != NULL ? lines[i].parent_text : "");
	}
}

/* Whatever the bytes are, nothing outside of the line is looked at (the sanitizers watch). */
static void
test_any_bytes(void)
{
	static const char bytes[] = "a@ ,#-0139\"";

	for (int i = 0; i < 200000; i++) {
		size_t length = (size_t)g_test_rand_int_range(0, 24);
		g_autofree char *text = g_malloc(length + 1);
		struct exim_recipient recipient;

		for (size_t n = 0; n < length; n++)
			text[n] = bytes[g_test_rand_int_range(0, sizeof(bytes) - 1)];
		if (exim_recipient_parse((struct exim_line){ text, length }, &recipient)) {
			g_assert_cmpuint(recipient.address_length, >, 0);
			g_assert_cmpuint(recipient.address_length, <=, length);
			g_assert_cmpuint(recipient.parent_at + recipient.parent_length, <=, length);
		}
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/exim_recipient/all forms are read from the right", test_lines);
	g_test_add_func("/exim_recipient/any bytes are safe", test_any_bytes);
	return g_test_run();
}
