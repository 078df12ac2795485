/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Boundary lines are found as they are by a look at each line. */
#include "core/read/view.h"

#include <string.h>

#define BOUNDARY "b-1"

/* Where the line at `at` ends, its end included. */
static size_t
end_of_line(const struct view *view, const GString *text, size_t at)
{
	for (; at < text->len; at++) {
		bool feed = text->str[at] == '\n';

		if (feed || (view->cr && text->str[at] == '\r' && text->str[at + 1] != '\n'))
			return at + 1;
	}
	return at;
}

static bool
is_delimiter(const struct view *view, const char *line, size_t length, bool *last)
{
	g_autofree char *copy = g_strndup(line, length);

	*last = false;
	if (!g_str_has_prefix(copy, "--" BOUNDARY))
		return false;
	char *rest = copy + strlen("--" BOUNDARY);

	*last = g_str_has_prefix(rest, "--");
	rest = g_strchug(rest + (*last ? 2 : 0));
	*last &= !view->loose || *rest == '\0';
	return view->loose || *rest == '\0';
}

/* All of them from `from` on: "line,next,last;..." */
static char *
find_slowly(const struct view *view, const GString *text, size_t from)
{
	GString *found = g_string_new(NULL);
	bool last;

	for (size_t at = from, end; at < text->len; at = end) {
		end = end_of_line(view, text, at);
		if (is_delimiter(view, text->str + at, end - at, &last))
			g_string_append_printf(found, "%zu,%zu,%d;", at, end, last);
	}
	return g_string_free(found, FALSE);
}

static char *
find(const struct view *view, const GString *text, size_t from)
{
	GString *found = g_string_new(NULL);
	struct delimiter delimiter;

	while (view_delimiter(view, text->str, from, text->len, &delimiter)) {
		g_string_append_printf(
		    found, "%zu,%zu,%d;", delimiter.line, delimiter.next, delimiter.last);
		from = delimiter.next;
	}
	return g_string_free(found, FALSE);
}

static void
finds_all(void)
{
	static const char *const pieces[] = { "--" BOUNDARY, "--" BOUNDARY "--", "\n", "\r\n", "\r",
		"-", "--", "a", " ", "--b", "words and more" };
	g_autoptr(GRand) random = g_rand_new_with_seed(3);
	g_autoptr(GString) text = g_string_new(NULL);
	unsigned some = 0;

	for (unsigned i = 0; i < 20000; i++) {
		struct view view = {
			.boundary = (char *)BOUNDARY, .loose = i % 2 == 1, .cr = i % 4 > 1
		};
		int count = g_rand_int_range(random, 0, 25);

		g_string_truncate(text, 0);
		for (int n = 0; n < count; n++)
			g_string_append(
			    text, pieces[g_rand_int_range(random, 0, G_N_ELEMENTS(pieces))]);
		g_autofree char *expected = find_slowly(&view, text, 0);
		g_autofree char *found = find(&view, text, 0);

		g_assert_cmpstr(found, ==, expected);
		some += *found != '\0';
	}
	g_assert_cmpuint(some, >, 1000);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/view/boundary lines are found as by a look at each line", finds_all);
	return g_test_run();
}
