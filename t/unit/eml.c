/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "spool/eml.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "spool/error.h"

static char *scratch;

static char *
put(const char *text, gssize length)
{
	char *path = g_build_filename(scratch, "mail.eml", NULL);

	g_assert_true(g_file_set_contents(path, text, length, NULL));
	return path;
}

static struct spool_entry *
take(const char *text)
{
	g_autofree char *path = put(text, -1);
	g_autoptr(GError) error = NULL;
	struct spool_entry *entry = eml_open(path, NULL, NULL, NULL, &error);

	g_assert_no_error(error);
	return entry;
}

/* The fields with a bar behind each, for comparison. */
static char *
fields_of(const struct spool_entry *entry)
{
	GString *all = g_string_new(NULL);

	for (size_t i = 0; i < header_list_count(entry->headers); i++) {
		const struct header_field *field = header_list_at(entry->headers, i);

		g_string_append_len(all, field->text, (gssize)field->length);
		g_string_append_c(all, '|');
	}
	return g_string_free(all, FALSE);
}

static char *
body_of(const struct spool_entry *entry)
{
	char *body = g_malloc0(entry->body_size + 1);

	g_assert_cmpint(pread(entry->body_fd, body, entry->body_size, entry->body_offset), ==,
	    (gssize)entry->body_size);
	return body;
}

static const struct {
	const char *text, *fields, *body;
	bool crlf;
	const char *why;
} shapes[] = {
	{ "A: 1\nB: 2\n 3\n\nbody\n", "A: 1\n|B: 2\n 3\n|", "body\n", false, "LF line ends" },
	{ "A: 1\r\nB: 2\r\n\t3\r\n\r\nbody\r\n", "A: 1\n|B: 2\n\t3\n|", "body\r\n", true,
	    "CRLF line ends" },
	{ "From alice Sun Nov 22 2026\nA: 1\n\nFrom here\n", "A: 1\n|", "From here\n", false,
	    "a line of mbox on top" },
	{ "From alice", "", "", false, "nothing but that line" },
	{ "From: alice\n\n", "From: alice\n|", "", false, "a From field is none" },
	{ "A: 1", "A: 1\n|", "", false, "no line end, no body" },
	{ "A: 1\n", "A: 1\n|", "", false, "no empty line" },
	{ "\nbody", "", "body", false, "no header" },
	{ "", "", "", false, "nothing at all" },
	{ " folded\nno colon\nA: 1\n\n\nx", " folded\n|no colon\n|A: 1\n|", "\nx", false,
	    "lines that are no field stay" },
	{ "A: 1\r2\n\r\nx", "A: 1\r2\n|", "x", true, "a bare CR is no line end" },
};

static void
splits(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(shapes); i++) {
		struct spool_entry *entry = take(shapes[i].text);
		g_autofree char *fields = fields_of(entry);
		g_autofree char *body = body_of(entry);

		g_test_message("%s", shapes[i].why);
		g_assert_cmpstr(fields, ==, shapes[i].fields);
		g_assert_cmpstr(body, ==, shapes[i].body);
		g_assert_cmpint(entry->body_crlf, ==, shapes[i].crlf);
		g_assert_cmpuint(entry->size, ==, strlen(shapes[i].text));
		g_assert_cmpstr(entry->id, ==, "mail.eml");
		g_assert_cmpstr(entry->format->files(entry)[0], ==, "mail.eml");
		spool_entry_free(entry);
	}
}

static const struct {
	const char *header, *sender, *recipients;
} envelopes[] = {
	{ "From: a@x.test\nTo: b@y.test\n", "a@x.test", "b@y.test" },
	{ "Return-Path: <r@x.test>\nFrom: a@x.test\n", "r@x.test", "" },
	{ "Return-Path: <>\nFrom: A <a@x.test>\n", "a@x.test", "" },
	{ "To: \"Doe, J\" <j@y.test>,\n k@y.test (K, or L)\nCc: team: m@y.test, <n@y.test>;\n", "",
	    "j@y.test k@y.test m@y.test n@y.test" },
	{ "To: undisclosed-recipients:;\n", "", "" },
	{ "To: <\"a,b\"@y.test>, (open, c@y.test\n", "", "\"a,b\"@y.test" },
	{ "To: \"open, c@y.test\n", "", "\"open, c@y.test" },
	{ "To: ,,<>,<,>,\\\n", "", "" },
};

static void
guesses_envelope(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(envelopes); i++) {
		struct spool_entry *entry = take(envelopes[i].header);
		g_autoptr(GString) recipients = g_string_new(NULL);

		for (unsigned n = 0; n < entry->envelope->recipients->len; n++) {
			const struct recipient *recipient =
			    g_ptr_array_index(entry->envelope->recipients, n);

			g_string_append_printf(
			    recipients, "%s%s", n > 0 ? " " : "", recipient->address);
		}
		g_test_message("%s", envelopes[i].header);
		g_assert_cmpstr(entry->envelope->sender, ==, envelopes[i].sender);
		g_assert_cmpstr(recipients->str, ==, envelopes[i].recipients);
		g_assert_cmpstr(entry->envelope->client_ip, ==, "");
		spool_entry_free(entry);
	}
}

static void
takes_given_envelope(void)
{
	static const char *const to[] = { "one@y.test", "two@y.test", NULL };
	g_autofree char *path = put("From: a@x.test\nTo: b@y.test\n\n", -1);
	g_autoptr(GError) error = NULL;
	struct spool_entry *entry = eml_open(path, "", to, "192.0.2.1", &error);

	g_assert_no_error(error);
	g_assert_cmpstr(entry->envelope->sender, ==, "");
	g_assert_cmpuint(entry->envelope->recipients->len, ==, 2);
	g_assert_cmpstr(entry->envelope->client_ip, ==, "192.0.2.1");
	g_assert_false(entry->format->deliver(entry, NULL, NULL, &error));
	g_assert_error(error, SPOOL_ERROR, SPOOL_ERROR_HELD);
	spool_entry_free(entry);
}

static void
keeps_nul(void)
{
	g_autofree char *path = put("A: 1\0002\n\nx", 10);
	struct spool_entry *entry = eml_open(path, NULL, NULL, NULL, NULL);

	g_assert_cmpuint(header_list_count(entry->headers), ==, 1);
	g_assert_cmpuint(header_list_at(entry->headers, 0)->length, ==, 7);
	spool_entry_free(entry);
}

static void
refuses(void)
{
	g_autofree char *path = g_build_filename(scratch, "none.eml", NULL);
	g_autoptr(GError) error = NULL;

	g_assert_null(eml_open(path, NULL, NULL, NULL, &error));
	g_assert_error(error, SPOOL_ERROR, SPOOL_ERROR_GONE);
	g_clear_error(&error);
	g_assert_null(eml_open(scratch, NULL, NULL, NULL, &error));
	g_assert_error(error, SPOOL_ERROR, SPOOL_ERROR_CORRUPT);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	scratch = g_dir_make_tmp("eml-XXXXXX", NULL);
	g_test_add_func("/eml/a file is split into fields and body as it is", splits);
	g_test_add_func("/eml/sender and recipients are found in the header", guesses_envelope);
	g_test_add_func("/eml/what is given counts instead", takes_given_envelope);
	g_test_add_func("/eml/a NUL ends nothing", keeps_nul);
	g_test_add_func("/eml/no file and no plain file are errors", refuses);
	int status = g_test_run();
	g_autofree char *path = g_build_filename(scratch, "mail.eml", NULL);
	g_unlink(path);
	g_rmdir(scratch);
	g_free(scratch);
	return status;
}
