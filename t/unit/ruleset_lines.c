/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines that are wrong or odd are said, with file and line, and never spoil the others. List files.
 * Where a value comes from.
 */
#include "rules/ruleset.h"

#include <glib/gstdio.h>
#include <string.h>

#include "t/unit/rules.h"

struct test {
	const char *why;
	const char *rules;
	const char *complaint; /* "line: severity: part of the text"; NULL: none */
};

static const struct test complaints[] = {
	{ "usual words pass", "From: b.c v\nTo: b.c v\nFromOrTo: b.c v\nfromandto b.c v\n", NULL },
	{ "seldom but usual words pass", "From+To: b.c v\nToOrFrom: b.c v\nVirus: x v\n", NULL },
	{ "one word", "\n# x\nFrom:\n", "3: error: a direction, a pattern and a value" },
	{ "no direction", "Form: b.c v\n", "1: error: \"Form:\" is no direction" },
	{ "an unusual direction", "fromage b.c v\n", "1: info: taken for From:" },
	{ "no direction behind and", "From: b.c and so on\n", "1: error: \"so\" is no direction" },
	{ "nothing behind and", "From: b.c and To:\n", "1: error: \"and\" is followed by" },
	{ "a bad value", "From: b.c BAD\n", "1: error: BAD is bad" },
	{ "a bad default", "From: default BAD\n", "1: error: BAD is bad" },
	{ "a wrong expression", "From: /(/ v\n", "1: error: the expression is wrong" },
	{ "signs of expressions", "From: a?b@c v\n", "1: warning: only * stands for" },
	{ "angle brackets", "From: <> v\n", "1: warning: the empty sender is written /^$/" },
	{ "a network with a typing error", "From: 10.0.0.0/8, v\n", "1: warning: neither an" },
	{ "a prefix of 33 bits", "From: 10.0.0.0/33 v\n", "1: error: from 0 to 32" },
	{ "an octet above 255", "From: 10.0.0.256 v\n", "1: error: no IPv4 address" },
	{ "a mask with a gap", "From: 10.0.0.0/255.0.255.0 v\n", "1: error: has a gap" },
	{ "a range that runs back", "From: 10.0.0.9-10.0.0.1 v\n", "1: error: wrong way round" },
	{ "a partial octet", "From: 10.1 v\n", "1: info: stops within a number" },
	{ "an octet that can't go on passes", "From: 152.78 v\n", NULL },
	{ "a network in To:", "To: 10. v\n", "1: warning: only From: rules" },
	{ "a network in FromAndTo:", "FromAndTo: 10. v\n", "1: warning: only From: rules" },
	{ "a host in To:", "To: host:b.c v\n", "1: warning: only From: rules" },
	{ "a host in Virus:", "Virus: host:b.c v\n", "1: warning: only From: rules" },
	{ "a network in FromOrTo: passes", "FromOrTo: 10. v\n", NULL },
	{ "an expression with modifiers", "From: /x/i v\n", "1: warning: name of a list file" },
	{ "digits in an expression on addresses", "From: /^10\\.\\d/ v\n", "1: warning: ip:/" },
	{ "a missing list", "From: /no/such/list v\n", "1: warning: /no/such/list can't be read" },
	{ "a list that is a directory", "From: /tmp v\n", "1: warning: not a plain file" },
};

static char *
convert(const char *text, bool is_default, void *data, GError **error)
{
	(void)is_default;
	(void)data;
	if (strcmp(text, "BAD") != 0)
		return g_strdup(text);
	g_set_error(error, G_FILE_ERROR, 0, "%s is bad", text);
	return NULL;
}

static const struct ruleset_use use = { .directive = "Test", .convert = convert };

static void
test_complaint(const void *data)
{
	const struct test *test = data;
	struct diagnostics *diagnostics = diagnostics_new();
	struct ruleset *set =
	    ruleset_parse("t.rules", test->rules, strlen(test->rules), &use, diagnostics);
	const GPtrArray *list = diagnostics_list(diagnostics);

	if (test->complaint) {
		g_autofree char *text = diagnostic_text(g_ptr_array_index(list, 0));
		g_auto(GStrv) parts = g_strsplit(test->complaint, ": ", 3);
		g_autofree char *beginning =
		    g_strdup_printf("t.rules:%s: %s: Test: ", parts[0], parts[1]);
		g_assert_true(g_str_has_prefix(text, beginning));
		if (!strstr(text, parts[2]))
			g_error("\"%s\" lacks \"%s\"", text, parts[2]);
	} else {
		g_assert_cmpuint(list->len, ==, 0);
	}
	ruleset_free(set);
	diagnostics_free(diagnostics);
}

static void
test_many_complaints(void)
{
	GString *text = g_string_new(NULL);
	struct diagnostics *diagnostics = diagnostics_new();

	for (int i = 0; i < 5000; i++)
		g_string_append(text, "nonsense\n");
	struct ruleset *set = ruleset_parse("t.rules", text->str, text->len, &use, diagnostics);
	const GPtrArray *list = diagnostics_list(diagnostics);
	g_assert_cmpuint(list->len, ==, 101);
	g_autofree char *last = diagnostic_text(g_ptr_array_index(list, 100));
	g_assert_cmpstr(
	    last, ==, "t.rules: warning: Test: 4900 more complaints about this ruleset");
	ruleset_free(set);
	diagnostics_free(diagnostics);
	g_string_free(text, TRUE);
}

static void
test_reason(void)
{
	const char *text = "# first\n\n  From: b.c  yes   # ours\nFrom: default no\n";
	struct diagnostics *diagnostics = diagnostics_new();
	struct ruleset *set = ruleset_parse("t.rules", text, strlen(text), &use, diagnostics);
	struct subject *subject = rules_subject("a@b.c x@y.z");
	g_autoptr(GArray) hits = g_array_new(FALSE, FALSE, sizeof(struct rule_hit));

	g_assert_cmpint(ruleset_match(set, subject, hits), ==, RULES_HIT);
	struct rule_hit *hit = &g_array_index(hits, struct rule_hit, 0);
	g_assert_cmpstr(hit->file, ==, "t.rules");
	g_assert_cmpuint(hit->line, ==, 3);
	g_autofree char *rule = ruleset_rule_text(set, hit->line);
	g_assert_cmpstr(rule, ==, "From: b.c  yes   # ours");
	g_autofree char *by_default = ruleset_rule_text(set, ruleset_default(set).line);
	g_assert_cmpstr(by_default, ==, "From: default no");
	g_assert_null(ruleset_rule_text(set, 5));
	g_assert_null(ruleset_rule_text(set, 0));
	g_assert_cmpstr(ruleset_path(set), ==, "t.rules");
	subject_free(subject);
	ruleset_free(set);
	diagnostics_free(diagnostics);
}

static void
test_values(void)
{
	const char *text = "From: a 1\nFrom: b 2\nFrom: c 1\nFrom: default 2\nFrom: d BAD\n";
	struct diagnostics *diagnostics = diagnostics_new();
	struct ruleset *set = ruleset_parse("t.rules", text, strlen(text), &use, diagnostics);
	g_autoptr(GPtrArray) values = ruleset_values(set);

	g_assert_cmpuint(values->len, ==, 2);
	g_assert_cmpstr(g_ptr_array_index(values, 0), ==, "1");
	g_assert_cmpstr(g_ptr_array_index(values, 1), ==, "2");
	g_assert_cmpuint(ruleset_rules(set), ==, 3);
	ruleset_free(set);
	diagnostics_free(diagnostics);
}

static void
test_unreadable(void)
{
	struct diagnostics *diagnostics = diagnostics_new();

	g_assert_null(ruleset_load("/no/such.rules", &use, diagnostics));
	g_autofree char *text =
	    diagnostic_text(g_ptr_array_index(diagnostics_list(diagnostics), 0));
	g_assert_cmpstr(text, ==,
	    "/no/such.rules: warning: Test: the ruleset can't be read, the default applies: "
	    "No such file or directory");
	diagnostics_free(diagnostics);
}

struct scratch {
	char *directory;
	struct diagnostics *diagnostics;
};

static void
scratch_set_up(struct scratch *scratch, const void *data)
{
	(void)data;
	scratch->directory = g_dir_make_tmp("ruleset-XXXXXX", NULL);
	scratch->diagnostics = diagnostics_new();
}

static void
scratch_tear_down(struct scratch *scratch, const void *data)
{
	GDir *directory = g_dir_open(scratch->directory, 0, NULL);
	const char *name;

	(void)data;
	while ((name = g_dir_read_name(directory))) {
		g_autofree char *path = g_build_filename(scratch->directory, name, NULL);
		g_unlink(path);
	}
	g_dir_close(directory);
	g_rmdir(scratch->directory);
	g_free(scratch->directory);
	diagnostics_free(scratch->diagnostics);
}

/* "@" in the text stands for the scratch directory. */
static void
put(struct scratch *scratch, const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(scratch->directory, name, NULL);
	g_auto(GStrv) parts = g_strsplit(text, "@/", -1);
	g_autofree char *slash = g_strconcat(scratch->directory, "/", NULL);
	g_autofree char *whole = g_strjoinv(slash, parts);

	g_assert_true(g_file_set_contents(path, whole, -1, NULL));
}

static void
expect(struct scratch *scratch, const char *envelope, const char *expected)
{
	g_autofree char *path = g_build_filename(scratch->directory, "main.rules", NULL);
	struct ruleset *set = ruleset_load(path, &use, scratch->diagnostics);
	struct subject *subject = rules_subject(envelope);
	g_autofree char *value = rules_answer(set, subject);

	g_assert_cmpstr(value, ==, expected);
	subject_free(subject);
	ruleset_free(set);
}

static unsigned
complaint_count(struct scratch *scratch)
{
	return diagnostics_list(scratch->diagnostics)->len;
}

static void
test_list(struct scratch *scratch, const void *data)
{
	(void)data;
	put(scratch, "main.rules", "From: @/list yes\nFrom: default no\n");
	put(scratch, "list", "# ours\nb.c\n\n joe@y.z # him\n10.0.0.0/8\n/^news-\\d/\n@/more\n");
	put(scratch, "more", "k.l\n");
	expect(scratch, "a@b.c x@q.r", "yes");
	expect(scratch, "joe@y.z x@q.r", "yes");
	expect(scratch, "jim@y.z x@q.r", NULL);
	expect(scratch, "jim@y.z x@q.r 10.2.3.4", "yes");
	expect(scratch, "news-7@y.z x@q.r", "yes");
	expect(scratch, "jim@k.l x@q.r", "yes");
	g_assert_cmpuint(complaint_count(scratch), ==, 0);
}

static void
test_list_order(struct scratch *scratch, const void *data)
{
	(void)data;
	put(scratch, "main.rules", "From: @/list one\nFrom: b.c two\nFrom: @/list three\n");
	put(scratch, "list", "/^x/\nk.l\n");
	expect(scratch, "a@b.c x@q.r", "two");
	expect(scratch, "x@b.c x@q.r", "one");
	expect(scratch, "a@k.l x@q.r", "one");
}

static void
test_list_pairs(struct scratch *scratch, const void *data)
{
	(void)data;
	put(scratch, "main.rules", "From: @/from and To: @/to yes\n");
	put(scratch, "from", "b.c\nd.e\n/^x/\n");
	put(scratch, "to", "k.l\nm.n\no.p\n");
	expect(scratch, "a@b.c a@k.l", "yes");
	expect(scratch, "a@d.e a@o.p", "yes");
	expect(scratch, "x@q.r a@m.n", "yes");
	expect(scratch, "a@d.e a@q.r", NULL);
	expect(scratch, "a@q.r a@o.p", NULL);
}

static void
test_list_depth(struct scratch *scratch, const void *data)
{
	(void)data;
	put(scratch, "main.rules", "From: @/1 yes\n");
	put(scratch, "1", "one.z\n@/2\n");
	put(scratch, "2", "@/3\n");
	put(scratch, "3", "@/4\n");
	put(scratch, "4", "@/5\n");
	put(scratch, "5", "five.z\n@/6\n");
	put(scratch, "6", "six.z\n");
	expect(scratch, "a@five.z a@q.r", "yes");
	g_assert_cmpuint(complaint_count(scratch), ==, 1);
	expect(scratch, "a@six.z a@q.r", NULL);
}

static void
test_list_circle(struct scratch *scratch, const void *data)
{
	(void)data;
	put(scratch, "main.rules", "From: @/a yes\n");
	put(scratch, "a", "@/b\n@/a\n@/b\none.z\n");
	put(scratch, "b", "@/a\n@/b\n@/a\ntwo.z\n");
	expect(scratch, "a@one.z a@q.r", "yes");
	expect(scratch, "a@two.z a@q.r", "yes");
}

static void
test_list_default(struct scratch *scratch, const void *data)
{
	(void)data;
	put(scratch, "main.rules", "From: @/list list\nFrom: b.c plain\n");
	put(scratch, "list", "k.l\ndefault\n");
	g_autofree char *path = g_build_filename(scratch->directory, "main.rules", NULL);
	struct ruleset *set = ruleset_load(path, &use, scratch->diagnostics);
	g_assert_cmpstr(ruleset_default(set).value, ==, "list");
	g_assert_cmpuint(ruleset_rules(set), ==, 2);
	ruleset_free(set);
	expect(scratch, "a@b.c a@q.r", "plain");
	expect(scratch, "a@k.l a@q.r", "list");
	put(scratch, "main.rules", "From: @/list and To: @/list both\n");
	expect(scratch, "a@k.l a@k.l", "both");
	expect(scratch, "a@k.l a@q.r", NULL);
}

static void
test_list_complaint(struct scratch *scratch, const void *data)
{
	(void)data;
	put(scratch, "main.rules", "From: @/list 1\nFrom: @/list 2\nTo: @/nets 3\n");
	put(scratch, "list", "b.c\na?b.c\n");
	put(scratch, "nets", "10.\n11.\n12.\n");
	expect(scratch, "a@b.c a@q.r", "1");
	g_assert_cmpuint(complaint_count(scratch), ==, 2);
	g_autofree char *text =
	    diagnostic_text(g_ptr_array_index(diagnostics_list(scratch->diagnostics), 0));
	g_autofree char *expected = g_strdup_printf("%s/list:2: warning: Test: \"a?b.c\": only * "
						    "stands for other characters here, the rest "
						    "is taken as it is",
	    scratch->directory);
	g_assert_cmpstr(text, ==, expected);
}

#define ADD_SCRATCH(name, function) \
	g_test_add(                 \
	    "/ruleset/" name, struct scratch, NULL, scratch_set_up, function, scratch_tear_down)

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(complaints); i++) {
		g_autofree char *name =
		    g_strconcat("/ruleset/complaints/", complaints[i].why, NULL);
		g_test_add_data_func(name, &complaints[i], test_complaint);
	}
	g_test_add_func("/ruleset/complaints/only the first hundred", test_many_complaints);
	g_test_add_func("/ruleset/a hit names file, line and text", test_reason);
	g_test_add_func("/ruleset/each distinct value is named once", test_values);
	g_test_add_func("/ruleset/a missing file is said and gives no ruleset", test_unreadable);
	ADD_SCRATCH("list/any pattern of a list counts", test_list);
	ADD_SCRATCH("list/a list stands where its rule stands", test_list_order);
	ADD_SCRATCH("list/both halves may be lists", test_list_pairs);
	ADD_SCRATCH("list/five deep and no more", test_list_depth);
	ADD_SCRATCH("list/lists that name each other come to an end", test_list_circle);
	ADD_SCRATCH("list/default in a list is the default rule", test_list_default);
	ADD_SCRATCH("list/a complaint names the list, once", test_list_complaint);
	return g_test_run();
}
