/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a ruleset answers: tables of one ruleset, one envelope, one answer.
 */
#include "rules/ruleset.h"

#include <string.h>

#include "t/unit/rules.h"

struct case_first {
	const char *why;
	const char *rules;
	const char *envelope; /* "sender recipient,recipient client" */
	const char *expected; /* the value; NULL: no rule matches */
};

static const struct case_first directions[] = {
	{ "From: looks at the sender", "From: a@b.c yes\n", "a@b.c x@y.z", "yes" },
	{ "From: does not look at recipients", "From: x@y.z yes\n", "a@b.c x@y.z", NULL },
	{ "To: is any recipient", "To: k@y.z yes\n", "a@b.c x@y.z,k@y.z", "yes" },
	{ "To: does not look at the sender", "To: a@b.c yes\n", "a@b.c x@y.z", NULL },
	{ "FromOrTo: by the sender", "FromOrTo: b.c yes\n", "a@b.c x@y.z", "yes" },
	{ "FromOrTo: by a recipient", "FromOrTo: y.z yes\n", "a@b.c x@y.z", "yes" },
	{ "FromAndTo: wants both", "FromAndTo: b.c yes\n", "a@b.c x@y.z", NULL },
	{ "FromAndTo: wants all recipients", "FromAndTo: b.c yes\n", "a@b.c k@b.c,x@y.z", NULL },
	{ "FromAndTo: inside one domain", "FromAndTo: b.c yes\n", "a@b.c k@b.c,l@b.c", "yes" },
	{ "FromAndTo: never without recipients", "FromAndTo: b.c yes\n", "a@b.c -", NULL },
	{ "loose words: fromage", "fromage b.c yes\n", "a@b.c x@y.z", "yes" },
	{ "loose words: tomato", "tomato y.z yes\n", "a@b.c x@y.z", "yes" },
	{ "loose words: From|To", "From|To y.z yes\n", "a@b.c x@y.z", "yes" },
	{ "loose words: Random: has \"and\"", "Random: b.c yes\n", "a@b.c x@y.z", NULL },
	{ "case of direction words", "FROM: b.c yes\n", "a@b.c x@y.z", "yes" },
	{ "case of addresses", "To: JOE@Y.Z yes\n", "a@b.c Joe@y.Z", "yes" },
	{ "tabs and blanks", "\t From:\t \tb.c \t yes  \n", "a@b.c x@y.z", "yes" },
	{ "a value of several words", "From: b.c store  forward x@y # why\n", "a@b.c x@y.z",
	    "store  forward x@y" },
	{ "an empty value is a value in first mode", "From: b.c\nFrom: default no\n", "a@b.c x@y.z",
	    "" },
	{ "CR LF line ends", "From: b.c yes\r\nFrom: default no\r\n", "a@b.c x@y.z", "yes" },
	{ "no newline at the end", "From: b.c yes", "a@b.c x@y.z", "yes" },
};

static const struct case_first order[] = {
	{ "the first line wins", "To: x@y.z one\nTo: y.z two\n", "a@b.c x@y.z", "one" },
	{ "the more general line first wins", "To: y.z one\nTo: x@y.z two\n", "a@b.c x@y.z",
	    "one" },
	{ "rule order, not recipient order", "To: k@y.z one\nTo: x@y.z two\n", "a@b.c x@y.z,k@y.z",
	    "one" },
	{ "an expression before a plain line", "To: /^x/ one\nTo: y.z two\n", "a@b.c x@y.z",
	    "one" },
	{ "an expression after a plain line", "To: y.z one\nTo: /^x/ two\n", "a@b.c x@y.z", "one" },
	{ "a network between two", "From: q.r one\nFrom: 10.0.0.0/8 two\nFrom: b.c three\n",
	    "a@b.c x@y.z 10.1.1.1", "two" },
	{ "default first in the file is still last", "From: default no\nFrom: b.c yes\n",
	    "a@b.c x@y.z", "yes" },
	{ "nothing matches", "From: q.r yes\nFrom: default no\n", "a@b.c x@y.z", NULL },
	{ "the same pattern twice", "To: y.z one\nTo: y.z two\n", "a@b.c x@y.z", "one" },
	{ "the same pattern, other direction", "From: y.z one\nTo: y.z two\n", "a@b.c x@y.z",
	    "two" },
};

static const struct case_first both[] = {
	{ "both halves fit", "From: b.c and To: y.z yes\n", "a@b.c x@y.z", "yes" },
	{ "only the first half", "From: b.c and To: q.r yes\n", "a@b.c x@y.z", NULL },
	{ "only the second half", "From: q.r and To: y.z yes\n", "a@b.c x@y.z", NULL },
	{ "\"and\" in any case", "From: b.c AND To: y.z yes\n", "a@b.c x@y.z", "yes" },
	{ "one of the recipients is enough", "From: b.c and To: k@y.z yes\n", "a@b.c x@y.z,k@y.z",
	    "yes" },
	{ "a second \"and\" is value", "From: b.c and To: y.z and more\n", "a@b.c x@y.z",
	    "and more" },
	{ "an expression in one half", "From: /^a/ and To: y.z yes\n", "a@b.c x@y.z", "yes" },
	{ "expressions in both", "From: /^a/ and To: /z$/ yes\n", "a@b.c x@y.z", "yes" },
	{ "expressions in both, one misses", "From: /^b/ and To: /z$/ yes\n", "a@b.c x@y.z", NULL },
	{ "a network in one half", "From: 10. and To: y.z yes\n", "a@b.c x@y.z 10.2.3.4", "yes" },
	{ "a half that is default wants an @", "From: default and To: y.z yes\n", "a@b.c x@y.z",
	    "yes" },
	{ "so the empty sender misses it", "From: default and To: y.z yes\n", "- x@y.z", NULL },
	{ "a half that is any expression fits the empty sender", "From: /.*/ and To: y.z yes\n",
	    "- x@y.z", "yes" },
	{ "order among rules with and",
	    "From: b.c and To: q.r 1\nFrom: b.c and To: y.z 2\n"
	    "From: b.c 3\n",
	    "a@b.c x@y.z", "2" },
};

static const struct case_first addresses[] = {
	{ "domain.com is that domain", "To: y.z yes\n", "- x@y.z", "yes" },
	{ "without its sub-domains", "To: y.z yes\n", "- x@k.y.z", NULL },
	{ "*.domain is the sub-domains", "To: *.y.z yes\n", "- x@k.l.y.z", "yes" },
	{ "without the domain", "To: *.y.z yes\n", "- x@y.z", NULL },
	{ "*domain is any domain that ends so", "To: *y.z yes\n", "- x@any.z", "yes" },
	{ "*domain: the domain itself", "To: *y.z yes\n", "- x@y.z", "yes" },
	{ "*domain: within a label", "To: *ny.z yes\n", "- x@any.z", "yes" },
	{ "*domain: a sub-domain", "To: *y.z yes\n", "- x@k.y.z", "yes" },
	{ "@domain", "To: @y.z yes\n", "- x@y.z", "yes" },
	{ "user@", "To: x@ yes\n", "- x@y.z", "yes" },
	{ "user@ is the whole of the local part", "To: x@ yes\n", "- ax@y.z", NULL },
	{ "a star in the local part", "To: x*@y.z yes\n", "- xy@y.z", "yes" },
	{ "a star that stands for nothing", "To: x*@y.z yes\n", "- x@y.z", "yes" },
	{ "a star across the @", "To: x*z yes\n", "- x@y.z", NULL },
	{ "a star across the @, in an address", "To: a*@*z yes\n", "- ab@y.z", "yes" },
	{ "stars on both sides", "To: *@*mid* yes\n", "- x@amidst.z", "yes" },
	{ "many stars", "To: *a*b*@*c*d* yes\n", "- xaybz@1c2d3", "yes" },
	{ "user@*.domain", "To: x@*.y.z yes\n", "- x@k.y.z", "yes" },
	{ "user@*.domain, another user", "To: x@*.y.z yes\n", "- ax@k.y.z", NULL },
	{ "plus signs", "To: x+y@y.z yes\n", "- x+y@y.z", "yes" },
	{ "a final dot in the address", "To: x@y.z yes\n", "- x@y.z.", "yes" },
	{ "a dot is a dot", "To: x@y.z yes\n", "- x@yaz", NULL },
	{ "a question mark is one", "To: x?@y.z yes\n", "- xa@y.z", NULL },
	{ "and fits itself", "To: x?@y.z yes\n", "- x?@y.z", "yes" },
	{ "domains of hexadecimal letters", "To: cafe.de yes\n", "- x@cafe.de", "yes" },
	{ "two @ in an address: behind the last", "To: y.z yes\n", "- \"a@b\"@y.z", "yes" },
	{ "an address without @", "To: y.z yes\n", "- y.z", NULL },
	{ "*@* does not fit an empty sender", "From: *a* yes\n", "- x@y.z", NULL },
	{ "no default by a longer word", "To: *@*.z yes\n", "- x@y.z", "yes" },
};

static const struct case_first expressions[] = {
	{ "unanchored", "To: /y.z/ yes\n", "- x@y.z", "yes" },
	{ "case does not matter", "To: /^X@/ yes\n", "- x@y.z", "yes" },
	{ "the empty sender", "From: /^$/ yes\n", "- x@y.z", "yes" },
	{ "not another sender", "From: /^$/ yes\n", "a@b.c x@y.z", NULL },
	{ "\\D keeps its case", "To: /^\\D+@y/ yes\n", "- x@y.z", "yes" },
	{ "\\S and \\W too", "To: /^\\S+\\W\\S+$/ yes\n", "- x@y.z", "yes" },
	{ "all recipients of FromAndTo:", "FromAndTo: /@y/ yes\n", "a@y.z b@y.z,c@y.z", "yes" },
	{ "not all recipients of FromAndTo:", "FromAndTo: /@y/ yes\n", "a@y.z b@y.z,c@q.z", NULL },
	{ "a wrong one never matches, the next rule stands", "To: /(x/ no\nTo: y.z yes\n",
	    "- x@y.z", "yes" },
	{ "without letters it is about the client", "From: /^127\\.0/ yes\n",
	    "a@b.c x@y.z 127.0.0.1", "yes" },
	{ "about the client, another client", "From: /^127\\.0/ yes\n", "a@b.c x@y.z 10.0.0.1",
	    NULL },
	{ "with a letter in \\d about addresses", "From: /^127\\.\\d/ yes\n",
	    "a@b.c x@y.z 127.0.0.1", NULL },
	{ "ip: says which", "From: ip:/^127\\.\\d/ yes\n", "a@b.c x@y.z 127.0.0.1", "yes" },
	{ "ip: for IPv6", "From: ip:/^2001:DB8:/ yes\n", "a@b.c x@y.z 2001:db8::1", "yes" },
	{ "with @ it is about addresses", "From: /1@2/ yes\n", "1@2 x@y.z 10.0.0.1", "yes" },
	{ "a whole address at the end has to be all", "From: /10\\.0\\.0\\.1/ yes\n",
	    "a@b.c x@y.z 10.0.0.12", NULL },
	{ "and is", "From: /10\\.0\\.0\\.1/ yes\n", "a@b.c x@y.z 10.0.0.1", "yes" },
	{ "an empty expression", "To: // yes\n", "- x@y.z", NULL },
};

static const struct case_first clients[] = {
	{ "an address", "From: 127.0.0.1 yes\n", "a@b.c x@y.z 127.0.0.1", "yes" },
	{ "another address", "From: 127.0.0.1 yes\n", "a@b.c x@y.z 127.0.0.10", NULL },
	{ "the beginning of one", "From: 127. yes\n", "a@b.c x@y.z 127.0.0.1", "yes" },
	{ "two octets without a dot", "From: 152.78 yes\n", "a@b.c x@y.z 152.78.3.4", "yes" },
	{ "an octet that goes on", "From: 15 yes\n", "a@b.c x@y.z 150.1.2.3", "yes" },
	{ "an octet closed by a dot", "From: 15. yes\n", "a@b.c x@y.z 150.1.2.3", NULL },
	{ "CIDR", "From: 127.0.0.0/8 yes\n", "a@b.c x@y.z 127.9.9.9", "yes" },
	{ "CIDR with host bits", "From: 10.1.2.3/16 yes\n", "a@b.c x@y.z 10.1.9.9", "yes" },
	{ "short CIDR", "From: 152.78/16 yes\n", "a@b.c x@y.z 152.78.9.9", "yes" },
	{ "short CIDR, outside", "From: 152.78/16 yes\n", "a@b.c x@y.z 152.79.9.9", NULL },
	{ "a netmask", "From: 10.0.0.0/255.0.0.0 yes\n", "a@b.c x@y.z 10.3.2.1", "yes" },
	{ "a range", "From: 10.0.0.5-10.0.0.9 yes\n", "a@b.c x@y.z 10.0.0.9", "yes" },
	{ "outside of a range", "From: 10.0.0.5-10.0.0.9 yes\n", "a@b.c x@y.z 10.0.0.10", NULL },
	{ "IPv6 CIDR", "From: 2001:db8::/32 yes\n", "a@b.c x@y.z 2001:db8:1::5", "yes" },
	{ "the beginning of an IPv6 address", "From: 2001:db8: yes\n", "a@b.c x@y.z 2001:db8:1::5",
	    "yes" },
	{ "an IPv6 address is exact", "From: 2001:db8::1 yes\n", "a@b.c x@y.z 2001:db8::10", NULL },
	{ "an IPv6 address in another spelling", "From: 2001:DB8:0:0::1 yes\n",
	    "a@b.c x@y.z 2001:db8::1", "yes" },
	{ "a mapped client in an IPv4 network", "From: 10.0.0.0/8 yes\n",
	    "a@b.c x@y.z ::ffff:10.1.2.3", "yes" },
	{ "FromOrTo: is as From:", "FromOrTo: 10. yes\n", "a@b.c x@y.z 10.1.2.3", "yes" },
	{ "To: never", "To: 10. yes\n", "a@b.c x@y.z 10.1.2.3", NULL },
	{ "FromAndTo: never", "FromAndTo: 10. yes\n", "a@b.c x@y.z 10.1.2.3", NULL },
	{ "no client", "From: 10.0.0.0/0 yes\n", "a@b.c x@y.z", NULL },
	{ "what is no address", "From: 0.0.0.0/0 yes\n", "a@b.c x@y.z [10.0.0.1]:25", NULL },
	{ "a prefix of 33 bits is left out", "From: 10.0.0.0/33 no\nFrom: b.c yes\n",
	    "a@b.c x@y.z 10.0.0.1", "yes" },
};

static void
test_first(const void *data)
{
	const struct case_first *test = data;
	struct ruleset_use use = { .directive = "Test" };
	struct diagnostics *diagnostics = diagnostics_new();
	struct ruleset *set =
	    ruleset_parse("t.rules", test->rules, strlen(test->rules), &use, diagnostics);
	struct subject *subject = rules_subject(test->envelope);
	g_autofree char *value = rules_answer(set, subject);

	g_assert_cmpstr(value, ==, test->expected);
	g_assert_null(subject_doubt(subject));
	subject_free(subject);
	ruleset_free(set);
	diagnostics_free(diagnostics);
}

#define ADD(table)                                                                               \
	for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {                                       \
		g_autofree char *name = g_strconcat("/ruleset/" #table "/", table[i].why, NULL); \
		g_test_add_data_func(name, &table[i], test_first);                               \
	}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD(directions)
	ADD(order)
	ADD(both)
	ADD(addresses)
	ADD(expressions)
	ADD(clients)
	return g_test_run();
}
