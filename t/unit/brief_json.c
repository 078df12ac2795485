/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/read/brief_json.h"

#include <string.h>

static bool
parse(struct brief *brief, const char *text)
{
	json_t *json = json_loads(text, 0, NULL);
	bool good = brief_read(brief, json);

	json_decref(json);
	return good;
}

static void
expect_back(const struct brief *brief)
{
	g_autoptr(GString) text = g_string_new("");
	g_autoptr(GString) again = g_string_new("");
	struct brief back;

	brief_write(brief, text);
	g_assert_true(parse(&back, text->str));
	brief_write(&back, again);
	g_assert_cmpstr(again->str, ==, text->str);
}

static void
comes_back(void)
{
	g_autoptr(GString) text = g_string_new("");
	struct brief brief, back;

	brief_init(&brief);
	brief_write(&brief, text);
	g_assert_cmpstr(text->str, ==, "{}");
	expect_back(&brief);
	brief.max_depth = 3;
	brief.max_parts = -1;
	brief.max_bytes = UINT64_C(1) << 40;
	brief.want_html = false;
	expect_back(&brief);
	g_string_truncate(text, 0);
	brief_write(&brief, text);
	g_assert_true(parse(&back, text->str));
	g_assert_cmpuint(back.max_depth, ==, 3);
	g_assert_cmpint(back.max_parts, ==, -1);
	g_assert_cmpuint(back.max_bytes, ==, UINT64_C(1) << 40);
	g_assert_false(back.want_html);
	g_assert_cmpuint(back.seconds, ==, brief.seconds);
}

static void
refuses(void)
{
	static const char *const bad[] = { "[]", "{\"max_depth\":-1}", "{\"max_depth\":5000000000}",
		"{\"max_depth\":\"3\"}", "{\"want_html\":2}", "{\"max_bytes\":-1}",
		"{\"max_patience\":1}" };
	struct brief brief;

	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
		g_assert_false(parse(&brief, bad[i]));
	g_assert_false(brief_read(&brief, NULL));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/brief_json/a brief comes back, and the usual one is nothing", comes_back);
	g_test_add_func("/brief_json/what is no brief is refused", refuses);
	return g_test_run();
}
