/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/read/task.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>
#include "t/unit/reading.h"

static void
test_counters(void)
{
	struct brief brief = { .max_bytes = 10, .max_files = 2 };
	struct facts *facts = facts_new();
	struct task task = { .brief = &brief, .facts = facts, .deadline = G_MAXINT64 };

	g_assert_true(task_count_bytes(&task, 10));
	g_assert_cmpuint(facts->limits, ==, 0);
	g_assert_false(task_count_bytes(&task, 1));
	g_assert_false(task_count_bytes(&task, G_MAXUINT64));
	g_assert_true(task_count_bytes(&task, 0));
	g_assert_cmpuint(facts->limits, ==, 1u << READ_LIMIT_bytes);
	g_assert_true(task_count_file(&task) && task_count_file(&task));
	g_assert_false(task_count_file(&task));
	g_assert_true(task_in_time(&task));
	task.deadline = 0;
	g_assert_false(task_in_time(&task));
	g_assert_cmpuint(facts->limits, ==,
	    1u << READ_LIMIT_bytes | 1u << READ_LIMIT_files | 1u << READ_LIMIT_seconds);
	facts_free(facts);
}

/* Which pages and pictures are said to hold script. */
static void
test_script(void)
{
	static const struct {
		const char *text;
		bool script;
	} cases[] = {
		{ "Content-Type: text/html\n\n<p>x", false },
		{ "Content-Type: text/html\n\n<form action=x>", false },
		{ "Content-Type: text/html\n\n<script>x</script>", true },
		{ "Content-Type: text/html\n\n<p onclick=x>", true },
		{ "Content-Type: text/html\n\n<a href=javascript:x>", true },
		{ "Content-Type: image/svg+xml\n\n<svg><circle/></svg>", false },
		{ "Content-Type: image/svg+xml\n\n<svg><script>x</script></svg>", true },
		{ "Content-Type: image/svg+xml\n\n<svg onload=x>", true },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct brief brief;
		struct facts *facts;

		reading_bare(&brief);
		brief.want_html = true;
		facts = reading_of(&brief, cases[i].text, strlen(cases[i].text));
		g_test_message("%s", cases[i].text);
		g_assert_cmpint(
		    part_has(facts_part(facts, 0), PART_FACT_script), ==, cases[i].script);
		facts_free(facts);
	}
}

/* Which contents are looked at as HTML. */
static void
test_html(void)
{
	static const struct {
		const char *text;
		bool html;
	} cases[] = {
		{ "Content-Type: text/html\n\nx", true },
		{ "Content-Type: application/xhtml+xml\n\nx", true },
		{ "Content-Type: image/svg+xml\n\nx", true },
		{ "Content-Type: text/plain\n\n<html>", false },
		{ "Content-Type: text/plain; name=a.HTM\n\nx", true },
		{ "Content-Type: a/b; name=a.svg\n\nx", true },
		{ "Content-Type: a/b; name=a.shtml\n\nx", true },
		{ "Content-Type: a/b\n\n\n <!DOCTYPE html>", true },
		{ "Content-Type: a/b\n\n<?xml version='1.0'?><svg>", true },
		{ "Content-Type: a/b\n\n<!-- x --><script>", true },
		{ "Content-Type: a/b\n\ntext <html>", false },
		{ "Content-Type: a/b\n\n", false },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct brief brief;
		struct facts *facts;

		reading_bare(&brief);
		brief.want_html = true;
		facts = reading_of(&brief, cases[i].text, strlen(cases[i].text));
		g_test_message("%s", cases[i].text);
		g_assert_cmpint(facts_part(facts, 0)->html != NULL, ==, cases[i].html);
		facts_free(facts);
	}
}

static void
test_bytes(void)
{
	static const char text[] =
	    "Content-Transfer-Encoding: quoted-printable\n\nab\n  =\n \t \n   x\n"
	    "_SIGNATURE_=00";
	struct brief brief;
	struct facts *facts;
	const struct part *part;

	reading_bare(&brief);
	brief.want_digests = true;
	facts = reading_of(&brief, text, strlen(text));
	part = facts_part(facts, 0);
	g_assert_cmpuint(part->blank_line, ==, 5);
	g_assert_true(part_has(part, PART_FACT_nul));
	g_assert_cmpuint(part->signature_mark, ==, 14);
	g_assert_cmpuint(strlen(part->digest), ==, 64);
	facts_free(facts);
}

struct collected {
	GString *text;
	unsigned pieces; /* after so many it is enough */
};

static bool
begin(unsigned part, void *data)
{
	struct collected *collected = data;

	g_string_append_printf(collected->text, "[%u]", part);
	return true;
}

static bool
take(const char *bytes, size_t length, void *data)
{
	struct collected *collected = data;

	g_string_append_len(collected->text, bytes, (gssize)length);
	return --collected->pieces > 0;
}

static void
test_wishes(void)
{
	static const char text[] =
	    "Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b\n\ntwo\n--b\n"
	    "Content-Transfer-Encoding: base64\n\ndGhyZWU=\n--b--\n";
	static const unsigned all[] = { 0, 1, 3, 77 };
	struct brief brief;
	struct source *source = reading_source(text, strlen(text));
	struct collected collected = { g_string_new(NULL), 9 };
	struct reading_wish wish = { all, 4, CONTENT_DECODED, begin, take, &collected };

	brief_init(&brief);
	g_assert_true(reading_contents(&brief, source, &wish));
	g_assert_cmpstr(collected.text->str, ==, "[1]one[3]three");
	g_string_truncate(collected.text, 0);
	collected.pieces = 1;
	g_assert_false(reading_contents(&brief, source, &wish));
	g_assert_cmpstr(collected.text->str, ==, "[1]one");
	wish.count = 0;
	g_assert_true(reading_contents(&brief, source, &wish));
	g_string_free(collected.text, TRUE);
	source_free(source);
}

static void
test_mapping(void)
{
	g_autofree char *path = NULL;
	int fd = g_file_open_tmp("unit-XXXXXX", &path, NULL);
	g_autoptr(GError) error = NULL;
	struct source *source;

	g_assert_true(g_file_set_contents(path, "skipped body", -1, NULL));
	g_assert_cmpint(fd, >=, 0);
	close(fd);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	source = source_new_mapped("A: b\n", 5, fd, 8, 4, &error);
	close(fd);
	g_assert_no_error(error);
	g_assert_cmpmem(source->body, source->body_size, "body", 4);
	g_assert_cmpmem(g_bytes_get_data(source->header, NULL), g_bytes_get_size(source->header),
	    "A: b\n\n", 6);
	source_free(source);
	g_unlink(path);
	source = source_new_mapped("", 0, -1, 0, 4, &error);
	g_assert_null(source);
	g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_BADF);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/task/budgets are counted, and their limits noted", test_counters);
	g_test_add_func("/task/script in pages and pictures is a fact", test_script);
	g_test_add_func("/task/HTML is looked at by whatever it is called", test_html);
	g_test_add_func("/task/bytes of a text give facts", test_bytes);
	g_test_add_func("/task/contents are handed out in order until it is enough", test_wishes);
	g_test_add_func("/task/a body is mapped from where it begins", test_mapping);
	return g_test_run();
}
