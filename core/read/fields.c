/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GMime gives a header as it understands it and is silent about fields that it does not recognize; what hides attachments from
 * gateways is just that. So the bytes are looked at here, once, and everything that some program might take for a Content- field
 * is kept, with a note when it is not one by the book.
 */
#include "core/read/fields.h"

#include <string.h>
#include "core/message/part.h"

static void
field_clear(void *data)
{
	struct field *field = data;

	g_free(field->name);
	g_free(field->value);
}

static void
note(struct fields *fields, enum part_fact fact)
{
	fields->facts |= UINT64_C(1) << fact;
}

char *
fields_clean_name(const char *name, size_t length, bool *odd)
{
	GString *clean = g_string_sized_new(length + 1);
	unsigned depth = 0;

	for (size_t i = 0; i < length; i++) {
		if (name[i] == '(')
			depth++;
		else if (name[i] == ')' && depth > 0)
			depth--;
		else if (depth == 0 &&
			 (g_ascii_isalnum(name[i]) || name[i] == '-' || name[i] == '_'))
			g_string_append_c(clean, g_ascii_tolower(name[i]));
	}
	*odd = clean->len != length;
	return g_string_free(clean, FALSE);
}

/* Line ends go, NULs become blanks. */
static char *
unfold(const char *value, size_t length, bool *broken)
{
	char *text = g_malloc(length + 1), *to = text;
	bool quoted = false;

	for (size_t i = 0; i < length; i++) {
		quoted ^= value[i] == '"';
		*broken |= quoted && value[i] == '\n';
		if (value[i] == '\0')
			*to++ = ' ';
		else if (value[i] != '\n' && value[i] != '\r')
			*to++ = value[i];
	}
	*to = '\0';
	return g_strstrip(text);
}

static void
add_field(struct fields *fields, const char *name, size_t name_length, const char *value,
    size_t length, bool odd)
{
	bool stray;
	struct field field = { .name = fields_clean_name(name, name_length, &stray) };

	if (stray)
		note(fields, PART_FACT_odd_header_name);
	if (!g_str_has_prefix(field.name, "content-")) {
		g_free(field.name);
		return;
	}
	field.odd = odd || stray;
	field.value = unfold(value, length, &field.broken);
	g_array_append_val(fields->list, field);
}

/* Length of what is, generously, the name of a field; 0 where no field begins. */
static size_t
name_length(const char *line, size_t length)
{
	const char *colon = memchr(line, ':', length);
	size_t name = colon != NULL ? (size_t)(colon - line) : 0;
	bool letter = false;
	unsigned depth = 0;

	for (size_t i = 0; i < name; i++) {
		depth += line[i] == '(';
		depth -= line[i] == ')' && depth > 0;
		/* Two words before a colon are a sentence. */
		if (g_ascii_isspace(line[i]) && depth == 0 && i + 1 < name &&
		    g_ascii_isalnum(line[i + 1]) && letter)
			return 0;
		letter |= g_ascii_isalnum(line[i]) != 0;
	}
	return letter ? name : 0;
}

static void
end_early(struct fields *fields, size_t at)
{
	if (fields->early != 0)
		return;
	fields->early = at;
	fields->early_fields = fields->list->len;
}

/* A CR by itself ends lines for some programs: what looks like a field behind it may be one, and two of them end the header. */
static void
look_behind_cr(struct fields *fields, const char *bytes, size_t size)
{
	const char *end = bytes + size;

	for (const char *cr = bytes + fields->start;
	     (cr = memchr(cr, '\r', (size_t)(end - cr))) != NULL; cr++) {
		const char *next = cr + 1;
		const char *stop = next < end ? memchr(next, '\r', (size_t)(end - next)) : NULL;
		size_t length, name;

		if (next < end && *next == '\n')
			continue;
		if (next == end)
			break;
		note(fields, PART_FACT_bare_cr);
		if (next + 1 < end && next[0] == '\r' && next[1] != '\n')
			end_early(fields, (size_t)(next + 1 - bytes));
		length = (size_t)((stop != NULL ? stop : end) - next);
		name = name_length(next, length);
		if (name > 0)
			add_field(fields, next, name, next + name + 1, length - name - 1, true);
	}
}

static void
look_at_bytes(struct fields *fields, const char *bytes, size_t size)
{
	bool eight = false;

	for (size_t i = fields->start; i < size; i++)
		eight |= (bytes[i] & 0x80) != 0;
	if (eight)
		note(fields, PART_FACT_eight_bit_header);
	if (size > fields->start &&
	    memchr(bytes + fields->start, '\0', size - fields->start) != NULL)
		note(fields, PART_FACT_nul);
	if (size > fields->start &&
	    memchr(bytes + fields->start, '\r', size - fields->start) != NULL)
		look_behind_cr(fields, bytes, size);
}

/* Where the line that begins at `at` ends: behind its LF. */
static size_t
line_end(const char *bytes, size_t size, size_t at)
{
	const char *lf = memchr(bytes + at, '\n', size - at);

	return lf != NULL ? (size_t)(lf - bytes) + 1 : size;
}

static bool
is_empty(const char *line, size_t length)
{
	while (length > 0 && (line[length - 1] == '\n' || line[length - 1] == '\r'))
		length--;
	return length == 0;
}

static bool
is_blank(const char *line, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (!g_ascii_isspace(line[i]))
			return false;
	}
	return true;
}

/* Byte-order mark, mbox line. */
static size_t
skip_marks(const char *bytes, size_t size)
{
	size_t at = size >= 3 && memcmp(bytes, "\357\273\277", 3) == 0 ? 3 : 0;

	if (size - at >= 5 && memcmp(bytes + at, "From ", 5) == 0)
		at = line_end(bytes, size, at);
	else if (size - at >= 6 && memcmp(bytes + at, ">From ", 6) == 0)
		at = line_end(bytes, size, at);
	return at;
}

/* A CR by itself behind the first byte that something follows on its line. NULL: none. */
static const char *
bare_cr(const char *bytes, const char *end)
{
	const char *cr = bytes;

	while ((cr = memchr(cr + 1, '\r', (size_t)(end - cr - 1))) != NULL) {
		const char *behind = cr + 1;

		while (behind < end && *behind == '\r')
			behind++;
		if (behind < end && *behind != '\n')
			return cr;
		cr = behind - 1;
	}
	return NULL;
}

/* One line that is no continuation: with its continuations up to `next`. */
static void
take_line(struct fields *fields, const char *bytes, size_t at, size_t next)
{
	size_t name = name_length(bytes + at, next - at);
	const char *cr;

	if (name == 0) {
		note(fields, PART_FACT_broken_header);
		end_early(fields, at);
		return;
	}
	fields->count++;
	add_field(fields, bytes + at, name, bytes + at + name + 1, next - at - name - 1, false);
	cr = bare_cr(bytes + at + name, bytes + next);
	if (cr != NULL)
		add_field(fields, bytes + at, name, bytes + at + name + 1,
		    (size_t)(cr - bytes) - at - name - 1, true);
}

void
fields_read(struct fields *fields, const char *bytes, size_t size, size_t limit)
{
	size_t at, next;

	*fields = (struct fields){ .list = g_array_new(FALSE, FALSE, sizeof(struct field)) };
	g_array_set_clear_func(fields->list, field_clear);
	fields->start = at = skip_marks(bytes, size);
	for (; at < size; at = next) {
		next = line_end(bytes, size, at);
		if (is_empty(bytes + at, next - at))
			break;
		if (at - fields->start >= limit) {
			fields->cut = true;
			continue;
		}
		while (next < size && (bytes[next] == ' ' || bytes[next] == '\t')) {
			size_t after = line_end(bytes, size, next);

			if (is_blank(bytes + next, after - next)) {
				note(fields, PART_FACT_broken_header);
				end_early(fields, after);
			}
			next = after;
		}
		fields->cut |= next - fields->start > limit;
		take_line(fields, bytes, at, MIN(next, fields->start + limit));
	}
	fields->end = at;
	fields->body = at < size ? line_end(bytes, size, at) : size;
	look_at_bytes(fields, bytes, fields->start + MIN(fields->end - fields->start, limit));
	/* Text that forgot its header. */
	if (fields->count == 0 && fields->end > fields->start) {
		fields->end = fields->body = fields->start = 0;
		fields->early = 0;
	}
}

void
fields_clear(struct fields *fields)
{
	g_array_unref(fields->list);
}

const struct field *
fields_find(const struct fields *fields, const char *name)
{
	const struct field *found = NULL;

	for (guint i = 0; i < fields->list->len; i++) {
		const struct field *field = &g_array_index(fields->list, struct field, i);

		if (strcmp(field->name, name) != 0)
			continue;
		if (!field->odd)
			return field;
		if (found == NULL)
			found = field;
	}
	return found;
}
