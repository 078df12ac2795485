/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef T_UNIT_REWRITE_FIXTURE_H
#define T_UNIT_REWRITE_FIXTURE_H
/*
 * A message from its text, with facts as plain as the message: a small reader for well-formed MIME, so that what is planned and
 * what comes out can be told by something that the program itself doesn't use.
 */
#include <glib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "core/act/mimefield.h"
#include "core/act/headers.h"
#include "core/act/leftout.h"
#include "core/act/rewrite.h"
#include "core/message/message.h"
#include "rules/config.h"
#include "spool/durable.h"

static inline void
rewrite_release(struct spool_entry *entry)
{
	close(entry->body_fd);
}

static const struct spool_format rewrite_format = { .name = "test", .release = rewrite_release };

/* A configuration of these lines. */
static inline void
rewrite_configure(const char *lines)
{
	g_autofree char *directory = g_dir_make_tmp("rewrite-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(directory, "conf", NULL);
	struct diagnostics *diagnostics = diagnostics_new();

	g_assert_true(g_file_set_contents(path, lines, -1, NULL));
	struct config *config = config_load(path, NULL, diagnostics);
	g_assert_nonnull(config);
	config_free(config_use(config));
	diagnostics_free(diagnostics);
	g_assert_cmpint(unlink(path), ==, 0);
	g_assert_cmpint(rmdir(directory), ==, 0);
}

/* Where the body of a message begins: behind the first empty line, or at the end. */
static inline size_t
rewrite_header_size(const char *text, size_t size)
{
	if (size > 0 && text[0] == '\n')
		return 0;
	const char *end = memmem(text, size, "\n\n", 2);

	return end != NULL ? (size_t)(end - text) + 1 : size;
}

static inline void
rewrite_read_headers(struct header_list *list, const char *text, size_t size)
{
	size_t start = 0;

	for (size_t at = 0; at < size;) {
		const char *feed = memchr(text + at, '\n', size - at);

		at = feed != NULL ? (size_t)(feed - text) + 1 : size;
		if (at < size && (text[at] == ' ' || text[at] == '\t'))
			continue;
		header_list_read(list, text + start, at - start, ' ', false);
		start = at;
	}
}

/* Header lines end in LF in a queue, whatever those of the body end in. */
static inline void
rewrite_strip_header(char *text, size_t *size)
{
	const char *end = memmem(text, *size, "\r\n\r\n", 4);
	const char *feeds = memmem(text, *size, "\n\n", 2);
	size_t header = end != NULL ? (size_t)(end - text) + 4 : 0, kept = 0;

	if (end == NULL || (feeds != NULL && feeds < end))
		return;
	for (size_t i = 0; i < header; i++) {
		if (text[i] != '\r')
			text[kept++] = text[i];
	}
	memmove(text + kept, text + header, *size - header);
	*size -= header - kept;
}

/* Does it begin with a header field? */
static inline bool
rewrite_is_mail(const char *text, size_t size)
{
	const char *feed = memchr(text, '\n', size);
	const struct header_field first = { .text = text,
		.length = feed != NULL ? (size_t)(feed - text) + 1 : size };
	g_autofree char *name = header_field_name(&first);

	return name != NULL;
}

static inline void
rewrite_drop_first_line(char *text, size_t *size)
{
	const char *feed = memchr(text, '\n', *size);
	size_t skip = feed != NULL ? (size_t)(feed - text) + 1 : *size;

	memmove(text, text + skip, *size - skip);
	*size -= skip;
}

/*
 * A sample as it lies in a queue: without an mbox line, with an empty line behind the header. NULL, and the text is the caller's; else why
 * no queue could hold it, a constant.
 */
static inline const char *
rewrite_load(const char *path, char **text, size_t *size)
{
	g_autofree char *read = NULL;

	if (!g_file_get_contents(path, &read, size, NULL))
		return "it can't be read";
	if (*size > 5 && memcmp(read, "From ", 5) == 0)
		rewrite_drop_first_line(read, size);
	rewrite_strip_header(read, size);
	size_t header = rewrite_header_size(read, *size);
	bool cr = header > 0 && memchr(read, '\r', MIN(header, *size)) != NULL;
	if ((header >= *size || cr) && !rewrite_is_mail(read, *size))
		return "it has no header (what some parser makes of a message, a piece of one)";
	if (cr)
		return "a CR stands in its header, which Exim makes a line end";
	GString *whole = g_string_new_len(read, (gssize)*size);
	if (header >= *size)
		g_string_append(whole, whole->str[whole->len - 1] == '\n' ? "\n" : "\n\n");
	*size = whole->len;
	*text = g_string_free(whole, FALSE);
	return NULL;
}

/* `text` is borrowed for the life of the message. */
static inline struct message *
rewrite_message(const char *text, size_t size)
{
	struct spool_entry *entry = g_new0(struct spool_entry, 1);
	size_t header = rewrite_header_size(text, size);
	size_t start = MIN(header + 1, size);

	entry->format = &rewrite_format;
	entry->id = g_strdup("1xV4PB-0002j0-0T");
	entry->envelope = envelope_new();
	g_free(entry->envelope->sender);
	entry->envelope->sender = g_strdup("alice@sender.test");
	entry->headers = header_list_new();
	rewrite_read_headers(entry->headers, text, header);
	entry->body_fd = memfd_create("body", MFD_CLOEXEC);
	g_assert_true(durable_write(entry->body_fd, "prefix\n", 7, 0));
	g_assert_true(durable_write(entry->body_fd, text + start, size - start, 7));
	entry->body_offset = 7;
	entry->body_size = size - start;
	return message_new(entry);
}

/* ---- the small reader ---- */

static inline char *
rewrite_type(const char *value)
{
	char *type = g_ascii_strdown(value, (gssize)strcspn(value, "; \t\r\n"));

	return type;
}

static inline void
rewrite_set(char **place, char *value)
{
	if (value == NULL)
		return;
	g_free(*place);
	*place = value;
}

static inline void rewrite_read_part(struct facts *facts, const char *text, size_t start,
    size_t end, int parent, const char *fallback);

/* The next line that is this boundary, from `at`; G_MAXSIZE for none. `behind`: behind that line; `last`: it is the closing one. */
static inline size_t
rewrite_boundary(
    const char *text, size_t at, size_t end, const char *boundary, size_t *behind, bool *last)
{
	size_t length = strlen(boundary);

	while (at < end) {
		const char *feed = memchr(text + at, '\n', end - at);
		size_t next = feed != NULL ? (size_t)(feed - text) + 1 : end;

		if (next - at >= length + 2 && memcmp(text + at, "--", 2) == 0 &&
		    memcmp(text + at + 2, boundary, length) == 0) {
			*behind = next;
			*last =
			    next - at >= length + 4 && memcmp(text + at + 2 + length, "--", 2) == 0;
			return at;
		}
		at = next;
	}
	return G_MAXSIZE;
}

static inline void
rewrite_read_children(struct facts *facts, const char *text, size_t start, size_t end, unsigned n)
{
	g_autofree char *boundary = g_strdup(facts_part(facts, n)->boundary);
	bool digest = strcmp(facts_part(facts, n)->type, "multipart/digest") == 0;
	size_t behind, next;
	bool last = false;
	size_t at = rewrite_boundary(text, start, end, boundary, &behind, &last);

	while (at != G_MAXSIZE && !last) {
		size_t from = behind;

		at = next = rewrite_boundary(text, from, end, boundary, &behind, &last);
		size_t to = next == G_MAXSIZE ? end : next;
		if (next != G_MAXSIZE && to > from)
			to -= to - from >= 2 && text[to - 2] == '\r' ? 2 : 1;
		rewrite_read_part(
		    facts, text, from, to, (int)n, digest ? "message/rfc822" : "text/plain");
	}
}

static inline void
rewrite_read_part(struct facts *facts, const char *text, size_t start, size_t end, int parent,
    const char *fallback)
{
	struct part *part = facts_add_part(facts, parent, PART_LEAF);
	unsigned n = facts->parts->len - 1;
	size_t at = start;

	while (at < end && text[at] != '\n' && !(text[at] == '\r' && text[at + 1] == '\n')) {
		const char *feed = memchr(text + at, '\n', end - at);

		at = feed != NULL ? (size_t)(feed - text) + 1 : end;
	}
	part->header_start = start;
	part->header_end = at;
	part->body_start = at < end ? at + (text[at] == '\r' ? 2 : 1) : end;
	part->body_end = end;
	auto_mimefields *fields = mimefields_read(text + start, at - start);
	const char *type = mimefields_get(fields, "Content-Type");
	const char *encoding = mimefields_get(fields, "Content-Transfer-Encoding");
	const char *disposition = mimefields_get(fields, "Content-Disposition");

	rewrite_set(&part->type, rewrite_type(type != NULL ? type : fallback));
	rewrite_set(&part->encoding, encoding != NULL ? g_ascii_strdown(encoding, -1) : NULL);
	rewrite_set(&part->disposition, disposition != NULL ? rewrite_type(disposition) : NULL);
	if (type != NULL) {
		rewrite_set(&part->charset, mimefield_parameter(type, "charset"));
		rewrite_set(&part->boundary, mimefield_parameter(type, "boundary"));
		rewrite_set(&part->name, mimefield_parameter(type, "name"));
	}
	if (disposition != NULL)
		rewrite_set(&part->name, mimefield_parameter(disposition, "filename"));
	if (g_str_has_prefix(part->type, "multipart/") && part->boundary != NULL) {
		part->kind = PART_MULTIPART;
		if (strcmp(part->type, "multipart/signed") == 0)
			part_set(part, PART_FACT_mime_signed);
		rewrite_read_children(facts, text, part->body_start, end, n);
	} else if (strcmp(part->type, "message/rfc822") == 0) {
		part->kind = PART_MESSAGE;
		rewrite_read_part(facts, text, part->body_start, end, (int)n, "text/plain");
	}
}

static inline struct facts *
rewrite_facts(const char *text, size_t size)
{
	struct facts *facts = facts_new();

	rewrite_read_part(facts, text, 0, size, -1, "text/plain");
	facts->body_start = facts_part(facts, 0)->body_start;
	return facts;
}

/* "multipart/mixed(text/plain,image/png)" */
static inline void
rewrite_append_shape(GString *out, const struct facts *facts, unsigned n)
{
	bool any = false;

	g_string_append(out, facts_part(facts, n)->type);
	for (unsigned i = n + 1; i < facts->parts->len; i++) {
		const struct part *part = facts_part(facts, i);

		if (part->parent != (int)n || part->kind == PART_MEMBER || part->reading != 0)
			continue;
		g_string_append_c(out, any ? ',' : '(');
		any = true;
		rewrite_append_shape(out, facts, i);
	}
	if (any)
		g_string_append_c(out, ')');
}

static inline char *
rewrite_shape(const struct facts *facts)
{
	GString *out = g_string_new(NULL);

	rewrite_append_shape(out, facts, 0);
	return g_string_free(out, FALSE);
}

/* ---- carrying out ---- */

/* The header as it is now, and the empty line. */
static inline void
rewrite_append_header(GString *out, const struct header_list *headers)
{
	for (size_t i = 0; i < header_list_count(headers); i++) {
		const struct header_field *field = header_list_at(headers, i);

		if (!field->deleted)
			g_string_append_len(out, field->text, (gssize)field->length);
	}
	g_string_append_c(out, '\n');
}

static inline bool
rewrite_append(void *data, const char *bytes, size_t size, G_GNUC_UNUSED GError **error)
{
	g_string_append_len(data, bytes, (gssize)size);
	return true;
}

/* The whole message as it is after its edits, applied now. The patch is checked against the whole. The caller's. */
static inline GString *
rewrite_result(struct message *message, GPtrArray **left)
{
	g_autoptr(GError) error = NULL;
	struct rewrite *plan = NULL;
	GString *out = g_string_new(NULL);
	g_autoptr(GString) body = g_string_new(NULL);
	uint64_t offset;

	g_assert_true(rewrite_plan(message, &plan, &error));
	g_assert_no_error(error);
	g_assert_true(rewrite_give(plan, rewrite_append, body, &error));
	g_autoptr(GBytes) tail = rewrite_tail(plan, &offset);
	gsize size = body->len, tail_size;
	const char *bytes = body->str;

	if (tail != NULL) {
		const char *tail_bytes = g_bytes_get_data(tail, &tail_size);

		g_assert_cmpuint(offset + tail_size, ==, size);
		if (tail_size > 0)
			g_assert_cmpmem(bytes + offset, size - offset, tail_bytes, tail_size);
	}
	headers_apply(message);
	rewrite_append_header(out, message->entry->headers);
	if (size > 0)
		g_string_append_len(out, bytes, (gssize)size);
	if (left != NULL) {
		*left = g_ptr_array_new_with_free_func(g_free);
		for (unsigned i = 0; i < rewrite_left_out(plan)->len; i++) {
			const struct left_out *one = g_ptr_array_index(rewrite_left_out(plan), i);

			g_ptr_array_add(*left, g_strdup(one->why));
		}
	}
	rewrite_free(plan);
	return out;
}

#endif
