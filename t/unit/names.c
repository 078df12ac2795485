/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/read/names.h"

#include <string.h>
#include "t/unit/reading.h"

static bool
has_name(const struct part *part, const char *name)
{
	return g_ptr_array_find_with_equal_func(part->names, name, g_str_equal, NULL);
}

static const struct {
	const char *fields; /* Content-Disposition and Content-Type as they come */
	const char *shown;
	const char *candidates[5];
} cases[] = {
	{ "Content-Disposition: attachment; filename=a.txt", "a.txt", { "a.txt" } },
	{ "Content-Type: a/b; name=\"a b.txt\"", "a b.txt", { "a b.txt" } },
	{ "Content-Type: a/b; name=a b.txt", "a b.txt", { "a b.txt" } },
	{ "Content-Disposition: x; filename=\"\"\nContent-Type: a/b; name=b.txt", "b.txt",
	    { "b.txt" } },
	/* Both headers. */
	{ "Content-Disposition: x; filename=a.txt\nContent-Type: a/b; name=b.exe", "a.txt",
	    { "a.txt", "b.exe" } },
	{ "Content-Disposition: x; filename=a.txt; filename=b.exe", "a.txt", { "a.txt", "b.exe" } },
	{ "Content-Disposition: x; filename=a.txt\nContent-Disposition: x; filename=b.exe", "a.txt",
	    { "a.txt", "b.exe" } },
	{ "Content-Disposition: x; name=c.exe", "c.exe", { "c.exe" } },
	/* RFC 2231 */
	{ "Content-Disposition: x; filename*=utf-8''%e2%82%ac.exe", "€.exe", { "€.exe" } },
	{ "Content-Disposition: x; filename*=iso-8859-15'de'%a4.exe", "€.exe", { "€.exe" } },
	{ "Content-Disposition: x; filename*0=ab; filename*1=\"c.e\"; filename*2=xe", "abc.exe",
	    { "abc.exe" } },
	{ "Content-Disposition: x; filename*1=c.exe; filename*0*=us-ascii''%61b", "abc.exe",
	    { "abc.exe" } },
	{ "Content-Disposition: x; filename=a.txt; filename*=utf-8''b.exe", "b.exe",
	    { "a.txt", "b.exe" } },
	{ "Content-Disposition: x; filename*=nonsense''%ff.exe", "ÿ.exe", { "ÿ.exe" } },
	/* RFC 2047 */
	{ "Content-Type: a/b; name=\"=?utf-8?B?4oKsLmV4ZQ==?=\"", "€.exe",
	    { "€.exe", "=?utf-8?B?4oKsLmV4ZQ==?=" } },
	{ "Content-Type: a/b; name=\"=?iso-8859-1?Q?=e4?= =?iso-8859-1?Q?.exe?=\"", "ä.exe",
	    { "ä.exe" } },
	{ "Content-Type: a/b; name=\"=?utf-8?B?c2V0dXA=?= =?utf-8?B?LmV4ZQ==?=\"", "setup.exe",
	    { "setup.exe" } },
	/* Raw */
	{ "Content-Type: a/b; name=\"\xe4.exe\"", "ä.exe", { "ä.exe" } },
	{ "Content-Type: a/b; name=\"ä.exe\"", "ä.exe", { "ä.exe" } },
	/* Paths, controls, what Windows cuts off. */
	{ "Content-Type: a/b; name=\"../../etc/x.exe\"", "x.exe", { "../../etc/x.exe", "x.exe" } },
	{ "Content-Type: a/b; name=\"C:\\dir\\x.exe\"", "x.exe", { "x.exe", "C:dirx.exe" } },
	{ "Content-Type: a/b; name=\"x.exe. .\"", "x.exe. .", { "x.exe", "x.exe. ." } },
	{ "Content-Type: a/b; name=\"x.e\x07xe\"", "x.e_xe", { "x.exe", "x.e_xe" } },
	{ "Content-Type: a/b; name=\"x\xe2\x80\xaetxt.exe\"", "x_txt.exe", { "xtxt.exe" } },
	{ "Content-Type: a/b; name=\"x.exe::$DATA\"", "x.exe::$DATA", { "x.exe" } },
	{ "Content-Type: a/b; name='x.exe'", "'x.exe'", { "x.exe" } },
	{ "Content-Type: a/b; name=\"x.exe/\"", "", { "x.exe" } },
	/* Written by mistake, and mended by programs. */
	{ "Content-Disposition: x; filename*0=\"a.\"; filename*2=exe", "a.", { "a.", "a.exe" } },
	{ "Content-Disposition: x; filename*1=a; filename*2*=%2eexe", "a.exe", { "a.exe" } },
	{ "Content-Disposition: filename=\"a.exe\"", "a.exe", { "a.exe" } },
	{ "Content-Disposition: x; filename=(one)a.exe(two)", "a.exe(two)", { "a.exe" } },
	{ "Content-Disposition: x; filename=a(one).exe", "a(one).exe", { "a.exe", "a(one).exe" } },
	{ "Content-Disposition: x; filename=\"a.txt\".exe", "a.txt",
	    { "a.txt", "a.txt.exe", "\"a.txt\".exe" } },
	{ "Content-Disposition: x; filename=\"a.\" \"exe\"", "a.", { "a.exe" } },
	{ "Content-Disposition: x; filename=\"a.txt\" size=12", "a.txt", { "a.txt" } },
	{ "Content-Disposition: x; filename=\"a.e\n xe\"", "a.e xe", { "a.exe", "a.e xe" } },
	{ "Content-Disposition: x; filename=\"a%2Eexe\"", "a%2Eexe", { "a.exe", "a%2Eexe" } },
	{ "Content-Disposition: x; filename=\"a\xef\xbc\x8e\xef\xbd\x85xe\"",
	    "a\xef\xbc\x8e\xef\xbd\x85xe", { "a.exe" } },
	{ "Content-Type: a/b; name=\"=?utf-8?B?eC5leGU?=\"", "x.exe", { "x.exe" } },
	{ "Content-Type: a/b; name=\"=?utf-8?B?eC5leA?= =?utf-8?B?ZQ?=\"", "x.exe", { "x.exe" } },
};

/* What only looks as if something were hidden in it has no further candidates. */
static void
test_plain(void)
{
	static const struct {
		const char *fields;
		unsigned candidates;
	} plain[] = {
		{ "Content-Disposition: x; filename=\"a.txt\" ; size=12", 1 },
		{ "Content-Disposition: x; filename=\"a.txt\" size=12", 1 },
		{ "Content-Disposition: x;\n filename=\"a.txt\"", 1 },
		{ "Content-Disposition: x; filename*0=a; filename*1=.txt", 3 },
		{ "Content-Disposition: x; filename=\"100%.txt\"", 1 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(plain); i++) {
		g_autofree char *text = g_strconcat(plain[i].fields, "\n\nx", NULL);
		struct brief brief;
		struct facts *facts;

		reading_bare(&brief);
		facts = reading_of(&brief, text, strlen(text));
		g_test_message("%s", plain[i].fields);
		g_assert_cmpuint(facts_part(facts, 0)->names->len, ==, plain[i].candidates);
		g_assert_false(part_has(facts_part(facts, 0), PART_FACT_conflicting_names));
		facts_free(facts);
	}
}

static void
test_candidates(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *text = g_strconcat(cases[i].fields, "\n\nx", NULL);
		struct brief brief;
		struct facts *facts;
		const struct part *part;

		reading_bare(&brief);
		facts = reading_of(&brief, text, strlen(text));
		part = facts_part(facts, 0);
		g_test_message("%s", cases[i].fields);
		g_assert_cmpstr(part->name, ==, cases[i].shown);
		for (size_t n = 0;
		     n < G_N_ELEMENTS(cases[i].candidates) && cases[i].candidates[n] != NULL; n++)
			g_assert_true(has_name(part, cases[i].candidates[n]));
		for (unsigned n = 0; n < part->names->len; n++)
			g_assert_true(g_utf8_validate(g_ptr_array_index(part->names, n), -1, NULL));
		facts_free(facts);
	}
}

/* A NUL in a header ends the name for some programs, others leave it out. */
static void
test_nuls(void)
{
	static const char text[] = "Content-Disposition: x; filename=\"a.exe\0.txt\"\n"
				   "Content-Type: a/b; name=\"b.e\0xe\"\n\nx";
	struct brief brief;
	struct facts *facts;

	reading_bare(&brief);
	facts = reading_of(&brief, text, sizeof text - 1);
	g_assert_true(has_name(facts_part(facts, 0), "a.exe"));
	g_assert_true(has_name(facts_part(facts, 0), "b.exe"));
	facts_free(facts);
}

static void
test_facts(void)
{
	static const struct {
		const char *name;
		size_t length;
		enum part_fact fact;
	} names[] = {
		{ "a\xe2\x80\xae.exe", 8, PART_FACT_bidi_name },
		{ "a\x01.exe", 6, PART_FACT_control_name },
		{ "a.exe\0.txt", 10, PART_FACT_control_name },
	};
	struct facts *facts = facts_new();

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		struct part *part = facts_add_part(facts, i == 0 ? -1 : 0, PART_MEMBER);

		names_add(part, names[i].name, names[i].length, NULL);
		g_assert_true(part_has(part, names[i].fact));
	}
	g_assert_true(has_name(facts_part(facts, 2), "a.exe"));
	facts_free(facts);
}

static void
test_safe(void)
{
	g_autoptr(GString) longer = g_string_new(NULL);
	static const struct {
		const char *name, *safe;
	} names[] = {
		{ "a.txt", "a.txt" },
		{ " a ", "a" },
		{ "/a/b\\c", "c" },
		{ "a\nb\x7f", "a_b_" },
		{ "a\xe2\x80\x8b"
		  "b",
		    "a_b" },
		{ "", "" },
		{ "a/", "" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *safe = names_safe(names[i].name);

		g_assert_cmpstr(safe, ==, names[i].safe);
	}
	for (unsigned i = 0; i < 200; i++)
		g_string_append(longer, "€");
	g_string_append(longer, ".exe");

	g_autofree char *cut = names_safe(longer->str);

	g_assert_cmpuint(strlen(cut), <=, NAMES_SHOWN_MAX);
	g_assert_true(g_str_has_suffix(cut, "€.exe"));
	g_assert_true(g_utf8_validate(cut, -1, NULL));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/names/each form that a program may see is a candidate", test_candidates);
	g_test_add_func("/names/a plain name has no further candidates", test_plain);
	g_test_add_func("/names/a NUL in a name hides no ending", test_nuls);
	g_test_add_func("/names/marks in names are facts", test_facts);
	g_test_add_func("/names/a name for people is safe and short", test_safe);
	return g_test_run();
}
