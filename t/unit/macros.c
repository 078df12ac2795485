/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/macros.h"

#include <string.h>

static void
test_expand(void)
{
	static const struct {
		const char *text, *expected, *why;
	} cases[] = {
		{ "plain", "plain", "nothing to do" },
		{ "X-%org-name%:", "X-acme:", "a macro" },
		{ "%ORG-Name%", "acme", "case does not count" },
		{ "50% off and 20% more", "50 more", "any two percent signs make a pair" },
		{ "100%", "100%", "a single percent sign stays" },
		{ "%%org-name%%", "%acme%", "a macro's name has a character at least" },
		{ "%nobody%", "", "an undefined macro is nothing" },
		{ "%two words%", "2", "names may hold blanks" },
		{ "$NAME/${NAME}", "value/value", "both forms" },
		{ "{$NAME}", "{value", "braces are optional, each by itself" },
		{ "\\.txt$", "\\.txt$", "a dollar sign at the end stays" },
		{ "(a|b$)x", "(a|b$)x", "and before punctuation" },
		{ "cost $5", "cost ", "digits make a name too" },
		{ "$UNSET_NAME.", ".", "what is not set is empty" },
		{ "$PATH", "/sbin:/bin:/usr/sbin:/usr/bin", "the path of the program" },
		{ "$HOME$BASH_ENV", "", "these are not passed on" },
		{ "a\\nb", "a\nb", "a new line" },
		{ "a\\tb\\", "a\\tb\\", "no other escapes" },
		{ "%indirect%", "value", "macros come before the environment" },
	};
	struct macros *macros = macros_new();

	g_setenv("NAME", "value", TRUE);
	macros_define(macros, "%org-name%", "acme");
	macros_define(macros, "%two words%", "2");
	macros_define(macros, "%indirect%", "$NAME");
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *expanded = macros_expand(macros, cases[i].text, false, NULL);

		g_test_message("%s", cases[i].why);
		g_assert_cmpstr(expanded, ==, cases[i].expected);
	}
	macros_free(macros);
}

static void
test_again(void)
{
	struct macros *macros = macros_new();
	g_autofree char *once = NULL, *twice = NULL, *version = NULL;

	g_setenv("SITE", "%name%", TRUE);
	macros_define(macros, "%name%", "acme");
	once = macros_expand(macros, "$SITE", false, NULL);
	twice = macros_expand(macros, "$SITE", true, NULL);
	version = macros_expand(macros, "%version%", false, NULL);
	g_assert_cmpstr(once, ==, "%name%");
	g_assert_cmpstr(twice, ==, "acme");
	g_assert_cmpstr(version, ==, VERSION);
	macros_free(macros);
}

static void
test_missing(void)
{
	g_autoptr(GPtrArray) missing = g_ptr_array_new_with_free_func(g_free);
	struct macros *macros = macros_new();

	g_free(macros_expand(macros, "%a% %b% %A% %version%", false, missing));
	g_free(macros_expand(macros, "%b% again", false, missing));
	g_assert_cmpuint(missing->len, ==, 2);
	g_assert_cmpstr(missing->pdata[0], ==, "%a%");
	g_assert_cmpstr(missing->pdata[1], ==, "%b%");
	macros_free(macros);
}

static void
test_late(void)
{
	struct macros *macros = macros_new();

	g_assert_false(macros_define(macros, "%a%", "1"));
	g_assert_false(macros_define(macros, "%a%", "2"));
	g_free(macros_expand(macros, "%a%", false, NULL));
	g_assert_false(macros_define(macros, "%a%", "2"));
	g_free(macros_expand(macros, "%a%", false, NULL));
	g_assert_true(macros_define(macros, "%A%", "3"));
	g_assert_cmpstr(macros_value(macros, "%a%"), ==, "3");
	g_assert_null(macros_value(macros, "%b%"));
	macros_free(macros);
}

static void
test_limit(void)
{
	struct macros *macros = macros_new();

	macros_define(macros, "%a%", "0123456789");
	for (int i = 0; i < 64; i++) {
		g_autofree char *doubled = macros_expand(macros, "%a%%a%", false, NULL);

		g_assert_cmpuint(strlen(doubled), <=, 1 << 20);
		macros_define(macros, "%a%", doubled);
	}
	macros_free(macros);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/macros/are replaced, then the environment, then new lines", test_expand);
	g_test_add_func("/macros/in free text are replaced a second time", test_again);
	g_test_add_func("/macros/that are missing are reported once each", test_missing);
	g_test_add_func("/macros/that change after use are noticed", test_late);
	g_test_add_func("/macros/made of macros don't grow without end", test_limit);
	return g_test_run();
}
