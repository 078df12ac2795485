/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rulesets that are large, hostile or random. A compiled ruleset must say the same as its lines one
 * after the other; that is tried on thousands of random rulesets here. The limits on time are ten
 * times what a quiet machine needs.
 */
#include "rules/ruleset.h"

#include <malloc.h>
#include <string.h>

#include "rules/resolver.h"
#include "t/unit/rules.h"

#if defined(__SANITIZE_ADDRESS__)
#define SLOWER 10
#else
#define SLOWER 1
#endif

static struct ruleset *
parse(const char *text, size_t length, bool all)
{
	struct ruleset_use use = { .directive = "Test", .all = all };
	struct diagnostics *diagnostics = diagnostics_new();
	struct ruleset *set = ruleset_parse("t.rules", text, length, &use, diagnostics);

	diagnostics_free(diagnostics);
	return set;
}

static double
seconds_since(gint64 start)
{
	return (double)(g_get_monotonic_time() - start) / G_TIME_SPAN_SECOND;
}

static const char *
one_of(GRand *random, const char *const *words, size_t count)
{
	return words[g_rand_int_range(random, 0, (gint32)count)];
}

#define ONE_OF(random, words) one_of(random, words, G_N_ELEMENTS(words))

static const char *const directions[] = { "From:", "To:", "FromOrTo:", "FromAndTo:", "Virus:" };
static const char *const patterns[] = { "a.b", "*.b", "*b", "*a*", "x@", "y@a.b", "x@*.b", "x*@a.b",
	"*y@*b", "x*", "*@a*", "default", "/x/", "/b$/", "/^$/", "/^10\\./", "10.", "10.0.0.0/9",
	"10.128.0.0/9", "10.1.1.1", "192.0.2", "192.0.2.0-192.0.2.9", "2001:db8:", "*@*", "@a.b",
	"y.a.b", "*.a.b", "/^192/", "e*r", "x@y@a.b", "a", "*@*a*b*" };
static const char *const addresses[] = { "x@a.b", "y@a.b", "x@y.a.b", "y@b", "x@ab", "xy@a.b.",
	"x@y@a.b", "", "x", "xa@b.a", "X@A.B", "@", "x@.b", "a@b@c.a.b", "..", "x@a.b.b" };
static const char *const clients[] = { "10.1.1.1", "10.200.0.1", "192.0.2.7", "192.0.20.7",
	"2001:db8::1", "", "::ffff:10.1.1.1" };

static void
add_random_rule(GRand *random, GString *text, int number)
{
	g_string_append_printf(text, "%s %s", ONE_OF(random, directions), ONE_OF(random, patterns));
	if (g_rand_int_range(random, 0, 3) == 0)
		g_string_append_printf(
		    text, " and %s %s", ONE_OF(random, directions), ONE_OF(random, patterns));
	g_string_append_printf(text, " v%d\n", number);
}

static struct subject *
random_subject(GRand *random)
{
	const char *recipients[8] = { NULL };
	int count = g_rand_int_range(random, 0, 6);

	for (int i = 0; i < count; i++)
		recipients[i] = ONE_OF(random, addresses);
	struct subject *subject =
	    subject_new(ONE_OF(random, addresses), recipients, ONE_OF(random, clients));
	if (g_rand_boolean(random))
		subject_add_report(subject, "found EiCaR in x");
	return subject;
}

/* What the lines say, each compiled alone. The caller's. */
static char *
walk(const char *text, bool all, struct subject *subject)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	GString *values = g_string_new(NULL);

	for (char **line = lines; *line && (all || values->len == 0); line++) {
		struct ruleset *set = parse(*line, strlen(*line), all);
		g_autofree char *value = rules_answer(set, subject);
		if (value)
			g_string_append_printf(values, "%s%s", values->len > 0 ? " " : "", value);
		ruleset_free(set);
	}
	if (values->len > 0)
		return g_string_free(values, FALSE);
	g_string_free(values, TRUE);
	return NULL;
}

static void
test_same_as_walked(const void *data)
{
	bool all = data != NULL;
	GRand *random = g_rand_new_with_seed(all ? 1 : 2);

	for (int round = 0; round < 400 / SLOWER; round++) {
		GString *text = g_string_new(NULL);
		int rules = g_rand_int_range(random, 1, 30);
		for (int i = 0; i < rules; i++)
			add_random_rule(random, text, i);
		struct ruleset *set = parse(text->str, text->len, all);
		for (int i = 0; i < 10; i++) {
			struct subject *subject = random_subject(random);
			g_autofree char *compiled = rules_answer(set, subject);
			g_autofree char *walked = walk(text->str, all, subject);
			if (g_strcmp0(compiled, walked) != 0)
				g_error("%s\nfrom %s: %s instead of %s", text->str,
				    subject_sender(subject), compiled, walked);
			subject_free(subject);
		}
		ruleset_free(set);
		g_string_free(text, TRUE);
	}
	g_rand_free(random);
}

/* Bytes that mean something are more likely than chance would have them. */
static void
add_random_bytes(GRand *random, GString *text)
{
	static const char *const pieces[] = { "From:", " ", "\t", "\n", "To:", "and", "/",
		"host:", "@", "*", ".", ":", "10.", "::", "-", "255", "(", ")", "[", "\\", "{9}",
		"default", "#", "ip:/", "_SPOOFED_", "2001:db8", "Virus:", "/32", "\r", "+" };

	if (g_rand_int_range(random, 0, 4) == 0)
		g_string_append_c(text, (char)g_rand_int_range(random, 0, 256));
	else
		g_string_append(text, ONE_OF(random, pieces));
}

static void
test_random_bytes(void)
{
	GRand *random = g_rand_new_with_seed(3);
	struct subject *subject = rules_subject("a@b.c x@y.z,k@l.m 10.0.0.1");

	/* Nobody listens there, so that no server is asked. */
	g_assert_true(resolver_configure("127.0.0.1:1", 100, RESOLVER_FAILURE_NO_NAME, NULL));
	subject_add_report(subject, "eicar");
	for (int round = 0; round < 3000; round++) {
		GString *text = g_string_new(NULL);
		for (int i = g_rand_int_range(random, 1, 200); i > 0; i--)
			add_random_bytes(random, text);
		struct ruleset *set = parse(text->str, text->len, round % 2);
		g_free(rules_answer(set, subject));
		ruleset_free(set);
		g_string_free(text, TRUE);
	}
	subject_free(subject);
	g_rand_free(random);
}

static void
test_hostile_expressions(void)
{
	static const char text[] = "From: /^(a+)+$/ 1\nFrom: /(a|a)*b/ 2\nFrom: /^(a|aa)+$/ 3\n"
				   "From: /((a*)*)*b/ 4\nFrom: d.e 5\n";
	g_autofree char *many = g_strnfill(5000, 'a');
	g_autofree char *sender = g_strconcat(many, "@d.e", NULL);
	struct ruleset *set = parse(text, strlen(text), false);
	gint64 start = g_get_monotonic_time();

	for (int i = 0; i < 3; i++) {
		struct subject *subject = subject_new(sender, NULL, NULL);
		g_autofree char *value = rules_answer(set, subject);
		const GPtrArray *notes = subject_notes(subject);
		g_assert_cmpstr(value, ==, "5");
		g_assert_cmpint(notes != NULL, ==, i == 0);
		if (notes)
			g_assert_nonnull(strstr(g_ptr_array_index(notes, 0), "/^(a+)+$/"));
		g_assert_null(subject_doubt(subject));
		subject_free(subject);
	}
	g_assert_cmpfloat(seconds_since(start), <, 3);
	ruleset_free(set);
}

static void
test_long_lines(void)
{
	g_autofree char *word = g_strnfill(1 << 20, 'x');
	g_autofree char *stars = g_strnfill(1 << 16, '*');
	g_autofree char *address = g_strconcat("u@", word, NULL);
	g_autofree char *text = g_strconcat("From: ", word, " 1\nFrom: *", stars, word, stars,
	    "y 2\nFrom: /", word, "/ 3\nFrom: ", word, ".", word, "@ 4\n", word, " 5 6\nFrom: b.c ",
	    word, "\n", NULL);
	struct ruleset *set = parse(text, strlen(text), false);
	struct subject *subject = subject_new(address, NULL, NULL);
	struct subject *other = subject_new("a@b.c", NULL, NULL);
	g_autofree char *value = rules_answer(set, subject);
	g_autofree char *long_value = rules_answer(set, other);

	g_assert_cmpstr(value, ==, "1");
	g_assert_cmpstr(long_value, ==, word);
	subject_free(subject);
	subject_free(other);
	ruleset_free(set);
}

static GString *
large_text(unsigned lines)
{
	GString *text = g_string_new(NULL);

	for (unsigned i = 0; i < lines; i++) {
		switch (i % 4) {
		case 0:
			g_string_append_printf(text, "To: user%u@domain%u.example yes\n", i, i / 9);
			break;
		case 1:
			g_string_append_printf(text, "FromOrTo: domain%u.example no\n", i);
			break;
		case 2:
			g_string_append_printf(
			    text, "From: 10.%u.%u.0/24 yes\n", i / 256 % 256, i % 256);
			break;
		case 3:
			g_string_append_printf(
			    text, "From: partner.example and To: u@domain%u.example no\n", i);
			break;
		}
	}
	return text;
}

static void
test_large(void)
{
	GString *text = large_text(100000);
	size_t before = mallinfo2().uordblks + mallinfo2().hblkhd;
	gint64 start = g_get_monotonic_time();
	struct ruleset *set = parse(text->str, text->len, false);

	g_assert_cmpfloat(seconds_since(start), <, 2 * SLOWER);
	if (SLOWER == 1)
		g_assert_cmpuint(mallinfo2().uordblks + mallinfo2().hblkhd - before, <, 32 << 20);
	g_assert_cmpuint(ruleset_rules(set), ==, 100000);
	struct subject *subject = rules_subject("a@partner.example u@domain99999.example");
	start = g_get_monotonic_time();
	for (int i = 0; i < 1000; i++) {
		g_autofree char *value = rules_answer(set, subject);
		g_assert_cmpstr(value, ==, "no");
	}
	g_assert_cmpfloat(seconds_since(start), <, 0.1 * SLOWER);
	subject_free(subject);
	ruleset_free(set);
	g_string_free(text, TRUE);
}

/* With the number instead of "$". */
static void
append_numbered(GString *text, const char *pattern, unsigned number)
{
	const char *sign = strchr(pattern, '$');

	if (sign)
		g_string_append_printf(
		    text, "%.*s%u%s", (int)(sign - pattern), pattern, number, sign + 1);
	else
		g_string_append(text, pattern);
}

static struct subject *
many_recipients(unsigned count, const char *pattern)
{
	g_autoptr(GPtrArray) recipients = g_ptr_array_new_with_free_func(g_free);

	for (unsigned i = 0; i < count; i++) {
		GString *recipient = g_string_new(NULL);
		append_numbered(recipient, pattern, i);
		g_ptr_array_add(recipients, g_string_free(recipient, FALSE));
	}
	g_ptr_array_add(recipients, NULL);
	return subject_new("a@partner.example", (const char *const *)recipients->pdata, "10.1.2.3");
}

struct crowd {
	const char *why;
	const char *rule;      /* 100,000 times, "$" being the number */
	const char *recipient; /* 10,000 times */
	enum rule_answer first, all;
};

static const struct crowd crowds[] = {
	{ "each a rule of his own", "To: u$@y.z 1\n", "u$@y.z", RULES_HIT, RULES_HIT },
	{ "one domain, many rules that don't fit all", "FromAndTo: partner.example 1\n",
	    "u$@partner.exampl", RULES_MISS, RULES_MISS },
	{ "a common half", "From: partner.example and To: v$@y.z 1\n", "u$@y.z", RULES_MISS,
	    RULES_MISS },
	{ "a half that is default", "From: default and To: u$@q.r 1\n", "u$@y.z", RULES_MISS,
	    RULES_MISS },
	{ "stars in the middle", "To: u$*@y.z 1\n", "v$@y.z", RULES_MISS, RULES_MISS },
	{ "more values than anybody can want", "To: y.z 1\n", "u$@y.z", RULES_HIT, RULES_UNKNOWN },
	{ "stars on both sides", "To: *@*$q* 1\n", "u$@y.z", RULES_UNKNOWN, RULES_UNKNOWN },
	{ "stars before one domain", "To: *$*@y.z 1\n", "u@y.z", RULES_UNKNOWN, RULES_UNKNOWN },
};

static void
test_crowd(const void *data)
{
	const struct crowd *crowd = data;
	GString *text = g_string_new(NULL);
	struct subject *subject = many_recipients(10000, crowd->recipient);
	g_autoptr(GArray) hits = g_array_new(FALSE, FALSE, sizeof(struct rule_hit));

	for (unsigned i = 0; i < 100000; i++)
		append_numbered(text, crowd->rule, i);
	for (int all = 0; all < 2; all++) {
		struct ruleset *set = parse(text->str, text->len, all);
		gint64 start = g_get_monotonic_time();
		enum rule_answer answer = ruleset_match(set, subject, hits);
		g_assert_cmpfloat(seconds_since(start), <, 10 * SLOWER);
		g_assert_cmpint(answer, ==, all ? crowd->all : crowd->first);
		ruleset_free(set);
	}
	subject_free(subject);
	g_string_free(text, TRUE);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_data_func(
	    "/ruleset/compiled says what its lines say, first mode", NULL, test_same_as_walked);
	g_test_add_data_func(
	    "/ruleset/compiled says what its lines say, all mode", "all", test_same_as_walked);
	g_test_add_func("/ruleset/random bytes do no harm", test_random_bytes);
	g_test_add_func("/ruleset/an expression that runs away is stopped, and said once",
	    test_hostile_expressions);
	g_test_add_func("/ruleset/long lines", test_long_lines);
	g_test_add_func("/ruleset/100,000 lines: time and memory", test_large);
	for (size_t i = 0; i < G_N_ELEMENTS(crowds); i++) {
		g_autofree char *name =
		    g_strconcat("/ruleset/10,000 recipients: ", crowds[i].why, NULL);
		g_test_add_data_func(name, &crowds[i], test_crowd);
	}
	return g_test_run();
}
