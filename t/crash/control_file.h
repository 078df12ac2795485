/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CRASH_CONTROL_FILE_H
#define CRASH_CONTROL_FILE_H
/*
 * Exim's -H file, for t/crash/check.c: is it what it was, but for headers of ours? The project's own
 * reader is not asked: what it reads wrong it would find right here.
 */
#include <glib.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct control_header {
	char flag;
	const char *text;
	size_t length;
};

/* The next line without its newline, NULL at the end. `*rest` moves behind it. */
static inline char *
next_line(const char **rest, const char *end)
{
	const char *newline = memchr(*rest, '\n', (size_t)(end - *rest));

	if (newline == NULL)
		return NULL;
	char *line = g_strndup(*rest, (gsize)(newline - *rest));
	*rest = newline + 1;
	return line;
}

/* The length of a value that follows "-aclm NAME LENGTH", with its newline; 0 for other options. */
static inline size_t
value_length(const char *option)
{
	const char *name = option + strspn(option, "-");
	const char *blank = strrchr(option, ' ');

	if (strncmp(name, "acl", 3) != 0 || blank == NULL)
		return 0;
	return (size_t)strtoul(blank + 1, NULL, 10) + 1;
}

/* Options of a body that was edited say something else. */
static inline bool
is_about_body(const char *option)
{
	const char *name = option + strspn(option, "-");

	return g_str_has_prefix(name, "body_linecount") ||
	       g_str_has_prefix(name, "body_zerocount") ||
	       g_str_has_prefix(name, "max_received_linelength") ||
	       g_str_has_prefix(name, "spool_file_wireformat");
}

/*
 * Reads what stands before the headers of -H, but for options about the body into `kept`. Returns
 * where the headers start, NULL when there is a fault in it.
 */
static inline const char *
read_envelope(const char *text, const char *end, GString *kept)
{
	const char *rest = text, *start;
	g_autofree char *line = NULL;
	long open = 1, count;

	for (int i = 0; i < 4; i++) {
		g_autofree char *fixed = next_line(&rest, end);

		if (fixed == NULL)
			return NULL;
	}
	g_string_append_len(kept, text, rest - text);
	for (start = rest; (line = next_line(&rest, end)) != NULL && line[0] == '-'; start = rest) {
		size_t value = value_length(line);

		if (value > (size_t)(end - rest))
			return NULL;
		rest += value;
		if (!is_about_body(line))
			g_string_append_len(kept, start, rest - start);
		g_clear_pointer(&line, g_free);
	}
	/* The tree of non-recipients: each line takes one open place and may open two. */
	while (line != NULL && strcmp(line, "XX") != 0 && open > 0) {
		if (strlen(line) < 4 || line[2] != ' ')
			return NULL;
		open += (line[0] == 'Y') + (line[1] == 'Y') - 1;
		if (open == 0)
			break;
		g_free(line);
		line = next_line(&rest, end);
	}
	g_autofree char *number = next_line(&rest, end);
	if (line == NULL || number == NULL)
		return NULL;
	for (count = strtol(number, NULL, 10); count > 0; count--) {
		g_autofree char *recipient = next_line(&rest, end);

		if (recipient == NULL || recipient[0] == '\0')
			return NULL;
	}
	g_autofree char *empty = next_line(&rest, end);
	if (empty == NULL || empty[0] != '\0')
		return NULL;
	g_string_append_len(kept, start, rest - start);
	return rest;
}

static inline bool
read_headers(const char *rest, const char *end, GArray *headers)
{
	while (rest < end) {
		size_t digits = 0, length = 0;

		while (rest + digits < end && g_ascii_isdigit(rest[digits]) && digits < 9)
			length = length * 10 + (size_t)(rest[digits++] - '0');
		if (digits < 3 || length == 0 || (size_t)(end - rest) < digits + 2 + length ||
		    rest[digits + 1] != ' ')
			return false;
		struct control_header header = { rest[digits], rest + digits + 2, length };
		if (header.text[length - 1] != '\n' || memchr(header.text, '\0', length) != NULL)
			return false;
		g_array_append_val(headers, header);
		rest = header.text + length;
	}
	return headers->len > 0;
}

static inline bool
same_header(const struct control_header *a, const struct control_header *b)
{
	return a->flag == b->flag && a->length == b->length &&
	       memcmp(a->text, b->text, a->length) == 0;
}

/*
 * All headers that came must be there in their order; what stands between is ours, each once. What
 * is wrong, the caller's; NULL when nothing is.
 */
static inline char *
control_headers_differ(const GArray *before, const GArray *now)
{
	g_autoptr(GHashTable) ours = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	guint next = 0;

	for (guint i = 0; i < now->len; i++) {
		const struct control_header *header = &g_array_index(now, struct control_header, i);

		if (next < before->len &&
		    same_header(header, &g_array_index(before, struct control_header, next))) {
			next++;
			continue;
		}
		size_t length = strcspn(header->text, ":\n");
		char *name = g_ascii_strdown(header->text, (gssize)length);
		if (!g_hash_table_add(ours, name))
			return g_strdup_printf(
			    "has our header %.*s twice", (int)length, header->text);
		if (header->flag != ' ' || !g_str_has_prefix(name, "x-"))
			return g_strdup_printf(
			    "has a header that is neither its own nor ours: %s", name);
	}
	if (next < before->len)
		return g_strdup_printf("lacks header %u as it came", next + 1);
	return g_hash_table_size(ours) == 0 ? g_strdup("has no header of ours") : NULL;
}

/* What is wrong with `now`, the caller's; NULL when nothing is. */
static inline char *
control_file_differs(GBytes *before, GBytes *now, bool edited)
{
	g_autoptr(GString) envelope_before = g_string_new(NULL);
	g_autoptr(GString) envelope_now = g_string_new(NULL);
	g_autoptr(GArray) headers_before = g_array_new(FALSE, FALSE, sizeof(struct control_header));
	g_autoptr(GArray) headers_now = g_array_new(FALSE, FALSE, sizeof(struct control_header));
	gsize length_before, length_now;
	const char *text_before = g_bytes_get_data(before, &length_before);
	const char *text_now = g_bytes_get_data(now, &length_now);
	const char *rest_before =
	    read_envelope(text_before, text_before + length_before, envelope_before);
	const char *rest_now = read_envelope(text_now, text_now + length_now, envelope_now);

	if (rest_before == NULL ||
	    !read_headers(rest_before, text_before + length_before, headers_before))
		return g_strdup("was no good to begin with");
	if (rest_now == NULL || !read_headers(rest_now, text_now + length_now, headers_now))
		return g_strdup("is torn");
	if (!g_string_equal(envelope_before, envelope_now) ||
	    (!edited && rest_before - text_before != rest_now - text_now))
		return g_strdup("has another envelope");
	return control_headers_differ(headers_before, headers_now);
}

#endif
