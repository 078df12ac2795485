/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Types are told in libmagic's words, whichever way they are found. */
#include "core/read/filetype.h"

#include <magic.h>
#include "t/unit/samples.h"

static magic_t words, types;

struct timing {
	const char *name;
	double ours, theirs;
	unsigned count;
} timings[] = { { "text", 0, 0, 0 }, { "HTML", 0, 0, 0 }, { "else", 0, 0, 0 } };

static void
compare(const char *where, const char *bytes, size_t size)
{
	g_autofree char *description = NULL;
	g_autofree char *mime = NULL;
	g_autofree char *theirs = NULL;
	g_autofree char *their_mime = NULL;
	gint64 start = g_get_monotonic_time(), middle;
	struct timing *timing;

	filetype_of(bytes, size, "text/plain", &description, &mime);
	middle = g_get_monotonic_time();
	theirs = g_strdup(magic_buffer(words, bytes, size));
	their_mime = g_strdup(magic_buffer(types, bytes, size));
	timing = &timings[strcmp(mime, "text/html") == 0	 ? 1
			  : g_str_has_prefix(mime, "text/plain") ? 0
								 : 2];
	timing->ours += (double)(middle - start);
	timing->theirs += (double)(g_get_monotonic_time() - middle);
	timing->count++;
	if (g_strcmp0(description, theirs) != 0 || g_strcmp0(mime, their_mime) != 0)
		g_error(
		    "%s: '%s' (%s) is not '%s' (%s)", where, description, mime, theirs, their_mime);
}

/* Behind each empty line of a message something may begin: a part, a text. */
static void
compare_message(const char *path)
{
	g_autofree char *bytes = NULL;
	size_t size;
	unsigned pieces = 0;

	if (!g_file_get_contents(path, &bytes, &size, NULL) || size == 0)
		return;
	compare(path, bytes, size);
	for (const char *p = bytes, *next; pieces < 6 && (next = strstr(p, "\n\n")) != NULL;
	     p = next + 2) {
		const char *start = next + 2;
		const char *end = strstr(start, "\n--");
		size_t length =
		    end != NULL ? (size_t)(end - start) : (size_t)(bytes + size - start);

		if (length > 0)
			compare(path, start, length);
		pieces++;
	}
	for (const char *p = bytes; pieces < 12 && (p = strcasestr(p, "<html")) != NULL;
	     p++, pieces++)
		compare(path, p, (size_t)(bytes + size - p));
}

static void
words_agree(gconstpointer data)
{
	g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *directory = sample_path(data);

	sample_find(directory, "", paths);
	if (paths->len == 0) {
		g_test_skip("there is no corpus beside the checkout");
		return;
	}
	for (unsigned i = 0; i < paths->len; i++)
		compare_message(g_ptr_array_index(paths, i));
	for (unsigned i = 0; i < G_N_ELEMENTS(timings); i++) {
		if (timings[i].count > 0)
			g_test_message("%s: %u contents, %.0f us each, libmagic alone %.0f us",
			    timings[i].name, timings[i].count, timings[i].ours / timings[i].count,
			    timings[i].theirs / timings[i].count);
	}
}

static void
known_contents(void)
{
	static const struct {
		const char *bytes, *words, *mime;
	} rows[] = {
		{ "Dear Bob,\nsee you tomorrow.\n", "ASCII text", "text/plain" },
		{ "<!DOCTYPE html>\n<html><body>hello</body></html>\n", "HTML document",
		    "text/html" },
		{ "  <html>\n<p>hello</p></html>\n", "HTML document", "text/html" },
		{ "#!/bin/sh\necho\n", "POSIX shell script", "text/x-shellscript" },
		{ "%PDF-1.4\n", "PDF document", "application/pdf" },
		{ "{\\rtf1 x}", "Rich Text Format data", "text/rtf" },
	};

	for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *description = NULL;
		g_autofree char *mime = NULL;

		filetype_of(rows[i].bytes, strlen(rows[i].bytes), "", &description, &mime);
		g_assert_true(g_str_has_prefix(description, rows[i].words));
		g_assert_cmpstr(mime, ==, rows[i].mime);
		compare(rows[i].words, rows[i].bytes, strlen(rows[i].bytes));
	}
}

/* Lines of values with quotes and commas in every order. */
static void
tables_agree(void)
{
	static const char *const pieces[] = { "a", ",", "\"", "\n", "\"\"", ",b\n", "\"x,\"",
		"1,2\n" };
	g_autoptr(GRand) random = g_rand_new_with_seed(5);
	g_autoptr(GString) text = g_string_new(NULL);

	for (unsigned i = 0; i < 600; i++) {
		unsigned count = (unsigned)g_rand_int_range(random, 1, 40);

		g_string_assign(text, i % 3 == 0 ? "<html>\n" : "");
		for (unsigned n = 0; n < count; n++)
			g_string_append(
			    text, pieces[g_rand_int_range(random, 0, G_N_ELEMENTS(pieces))]);
		compare(text->str, text->str, text->len);
	}
}

/* Rules name them, and the libmagic of today says "data". */
static void
newer_words(void)
{
	char one[64] = "\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3";
	g_autofree char *description = NULL, *other = NULL;
	g_autofree char *mime = NULL;

	filetype_of(one, sizeof one, "", &description, &mime);
	g_assert_cmpstr(description, ==, "Microsoft OneNote");
	g_assert_cmpstr(mime, ==, "application/onenote");
	one[15]++;
	filetype_of(one, sizeof one, "", &other, NULL);
	g_assert_null(strstr(other, "OneNote"));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	words = magic_open(MAGIC_NONE);
	types = magic_open(MAGIC_MIME_TYPE);
	g_assert_cmpint(magic_load(words, NULL), ==, 0);
	g_assert_cmpint(magic_load(types, NULL), ==, 0);
	g_assert_true(filetype_prepare());
	g_test_add_func(
	    "/filetype/contents have the words that rules are written for", known_contents);
	g_test_add_func("/filetype/tables of values have libmagic's words", tables_agree);
	g_test_add_func(
	    "/filetype/what only later versions of libmagic know is known", newer_words);
	g_test_add_data_func("/filetype/mail has libmagic's words", "corpus/mail", words_agree);
	g_test_add_data_func(
	    "/filetype/attachments have libmagic's words", "corpus/attachments", words_agree);
	return g_test_run();
}
