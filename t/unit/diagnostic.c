/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/diagnostic.h"

static void
test_text(void)
{
	static const struct {
		enum severity severity;
		const char *file;
		unsigned line;
		const char *directive, *text, *expected;
	} cases[] = {
		{ SEVERITY_WARNING, "a.conf", 3, "Max Children", "expected a number",
		    "a.conf:3: warning: Max Children: expected a number" },
		{ SEVERITY_FATAL, "a.conf", 0, NULL, "can't be read",
		    "a.conf: fatal: can't be read" },
		{ SEVERITY_ERROR, NULL, 0, "MTA", "no", "error: MTA: no" },
		{ SEVERITY_INFO, NULL, 7, NULL, "so", "info: so" },
	};
	struct diagnostics *all = diagnostics_new();

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *text = NULL;

		diagnostics_add(all, cases[i].severity, cases[i].file, cases[i].line,
		    cases[i].directive, "%s", cases[i].text);
		text = diagnostic_text(diagnostics_list(all)->pdata[i]);
		g_assert_cmpstr(text, ==, cases[i].expected);
	}
	diagnostics_free(all);
}

static void
test_order_and_count(void)
{
	struct diagnostics *all = diagnostics_new();
	const GPtrArray *list = diagnostics_list(all);

	diagnostics_add(all, SEVERITY_FATAL, "b", 2, NULL, "%s", "second file first");
	diagnostics_add(all, SEVERITY_INFO, "a", 1, "X", "%d of %d", 1, 2);
	g_assert_cmpuint(list->len, ==, 2);
	g_assert_cmpstr(((struct diagnostic *)list->pdata[0])->text, ==, "second file first");
	g_assert_cmpstr(((struct diagnostic *)list->pdata[1])->text, ==, "1 of 2");
	g_assert_cmpuint(diagnostics_count(all, SEVERITY_INFO), ==, 2);
	g_assert_cmpuint(diagnostics_count(all, SEVERITY_WARNING), ==, 1);
	g_assert_cmpuint(diagnostics_count(all, SEVERITY_FATAL), ==, 1);
	diagnostics_free(all);
	diagnostics_free(NULL);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/diagnostic/names file, line, severity and directive", test_text);
	g_test_add_func("/diagnostic/keeps the order and counts by severity", test_order_and_count);
	return g_test_run();
}
