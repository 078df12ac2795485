/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A part's header is changed field by field and parameter by parameter; what nobody touches stays as it was. */
#include "core/act/mimefield.h"

#include <string.h>

static const struct {
	const char *value, *name, *text, *expected, *why;
} parameters[] = {
	{ "text/plain", "name", "a.txt", "text/plain; name=a.txt", "added" },
	{ "text/plain; name=b", "name", "a.txt", "text/plain; name=a.txt", "replaced" },
	{ "text/plain; NAME=b; x=y", "name", "a.txt", "text/plain; name=a.txt; x=y",
	    "in its place, in any case" },
	{ "a/b; name=\"x;y\"; z=\"1\"", "name", NULL, "a/b; z=\"1\"", "without it" },
	{ "a/b; x=\"name=1\"", "name", NULL, "a/b; x=\"name=1\"", "a value is no parameter" },
	{ "a/b; name*0=a; name*1=b; q=1", "name", "c", "a/b; name=c; q=1", "with its pieces" },
	{ "a/b; name*=utf-8''x", "name", "c", "a/b; name=c", "and in RFC 2231's form" },
	{ "a/b", "name", "a b", "a/b; name=\"a b\"", "quoted where it has to be" },
	{ "a/b", "name", "a\"b\\c", "a/b; name=\"a\\\"b\\\\c\"", "quotes are quoted" },
};

static void
test_parameters(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(parameters); i++) {
		g_autofree char *value = mimefield_with_parameter(
		    parameters[i].value, parameters[i].name, parameters[i].text);

		g_test_message("%s", parameters[i].why);
		g_assert_cmpstr(value, ==, parameters[i].expected);
	}
}

/* Names from mail can't end the field that they are put into. */
static void
test_hostile_names(void)
{
	static const char *const names[] = { "a\nBcc: x@y", "a\r\n\r\nbody", "a\"; x=\"y",
		"gr\u00FCn.txt", "a\x01b" };

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *value = mimefield_with_parameter("a/b; z=1", "name", names[i]);
		g_autofree char *again = mimefield_with_parameter(value, "name", NULL);

		g_test_message("%s", value);
		g_assert_true(g_str_is_ascii(value));
		g_assert_null(strpbrk(value, "\n\r\x01"));
		g_assert_true(mimefield_has_parameter(value, "name"));
		g_assert_false(mimefield_has_parameter(value, "x"));
		g_assert_cmpstr(again, ==, "a/b; z=1");
	}
}

static void
test_parameter(void)
{
	static const struct {
		const char *value, *expected;
		bool there;
	} rows[] = {
		{ "a/b; charset=utf-8", "utf-8", true },
		{ "a/b; charset=\"x \\\"y\"; q=1", "x \"y", true },
		{ "a/b; Charset = us-ascii ;", "us-ascii", true },
		{ "a/b; charset*0=x; charset*1=y", NULL, true },
		{ "a/b; charset*=''x", NULL, true },
		{ "a/b; charsets=x", NULL, false },
		{ "a/b", NULL, false },
		{ "", NULL, false },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = mimefield_parameter(rows[i].value, "charset");

		g_test_message("%s", rows[i].value);
		g_assert_cmpstr(text, ==, rows[i].expected);
		g_assert_true(mimefield_has_parameter(rows[i].value, "charset") == rows[i].there);
	}
}

static void
test_type(void)
{
	static const struct {
		const char *value, *expected;
	} rows[] = {
		{ "text/html; charset=x", "text/plain; charset=x" },
		{ "text/html", "text/plain" },
		{ " TEXT/HTML ;x=y", "text/plain;x=y" },
		{ "", "text/plain" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *value = mimefield_with_type(rows[i].value, "text/plain");

		g_assert_cmpstr(value, ==, rows[i].expected);
	}
}

static const char header[] = "Content-Type: text/plain;\n\tcharset=x\n"
			     "X-Other:  kept \n"
			     "no field\n"
			     "content-type: text/html\n"
			     "Content-Disposition: inline\n";

static void
test_fields(void)
{
	struct mimefields *fields = mimefields_read(header, strlen(header));

	g_assert_false(mimefields_changed(fields));
	g_assert_cmpstr(mimefields_get(fields, "CONTENT-TYPE"), ==, "text/plain;\n\tcharset=x");
	g_assert_cmpstr(mimefields_get(fields, "x-other"), ==, "kept");
	g_assert_null(mimefields_get(fields, "Nobody"));
	mimefields_set(fields, "Content-Type", "a/b");
	mimefields_set(fields, "Content-ID", "<x>");
	mimefields_remove(fields, "Content-Disposition");
	g_assert_true(mimefields_changed(fields));
	g_assert_cmpstr(mimefields_get(fields, "content-type"), ==, "a/b");
	g_assert_null(mimefields_get(fields, "Content-Disposition"));
	g_autoptr(GString) out = g_string_new(NULL);
	mimefields_append_content(out, fields, "\r\n");
	g_assert_cmpstr(out->str, ==, "Content-Type: a/b\r\nContent-ID: <x>\r\n");
	mimefields_remove_content(fields);
	g_assert_null(mimefields_get(fields, "Content-Type"));
	g_assert_cmpstr(mimefields_get(fields, "X-Other"), ==, "kept");
	mimefields_free(fields);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/mimefield/a parameter is put in its place", test_parameters);
	g_test_add_func("/mimefield/a hostile name stays a name", test_hostile_names);
	g_test_add_func("/mimefield/a parameter is read in its plain form", test_parameter);
	g_test_add_func("/mimefield/another type keeps the parameters", test_type);
	g_test_add_func("/mimefield/fields are changed one by one", test_fields);
	return g_test_run();
}
