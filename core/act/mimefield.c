/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Senders write these fields in every way, and mail programs read them in more. So a field is cut at the semicolons that are in
 * no string and no comment, and what is not to be changed is copied as it stands, whatever it may mean.
 */
#include "core/act/mimefield.h"

#include <string.h>

static void
field_free(void *data)
{
	struct mimefield *field = data;

	g_free(field->name);
	g_free(field->value);
	g_free(field);
}

static struct mimefields *
mimefields_new(void)
{
	struct mimefields *fields = g_new0(struct mimefields, 1);

	fields->list = g_ptr_array_new_with_free_func(field_free);
	return fields;
}

void
mimefields_free(struct mimefields *fields)
{
	if (fields == NULL)
		return;
	g_ptr_array_unref(fields->list);
	g_free(fields);
}

void
mimefields_drop(struct mimefields **fields)
{
	mimefields_free(*fields);
}

static struct mimefield *
add(struct mimefields *fields, char *name, char *value, enum mimefield_state state)
{
	struct mimefield *field = g_new0(struct mimefield, 1);

	field->name = name;
	field->value = value;
	field->state = state;
	g_ptr_array_add(fields->list, field);
	return field;
}

/* Reads "name: value"; folding stays in the value. */
static void
read_field(struct mimefields *fields, const char *text, size_t start, size_t end)
{
	const struct header_field raw = { .text = text + start, .length = end - start };
	char *name = header_field_name(&raw);
	const char *colon = name != NULL ? memchr(raw.text, ':', raw.length) : NULL;
	const char *value = colon != NULL ? colon + 1 : raw.text;
	char *copy = g_strndup(value, (size_t)(raw.text + raw.length - value));
	struct mimefield *field = add(fields, name != NULL ? name : g_strdup(""), copy, FIELD_KEPT);

	g_strstrip(field->value);
	field->start = start;
	field->end = end;
}

struct mimefields *
mimefields_read(const char *bytes, size_t size)
{
	struct mimefields *fields = mimefields_new();
	size_t start = 0;

	for (size_t at = 0; at < size;) {
		const char *feed = memchr(bytes + at, '\n', size - at);

		at = feed != NULL ? (size_t)(feed - bytes) + 1 : size;
		if (at < size && (bytes[at] == ' ' || bytes[at] == '\t'))
			continue;
		read_field(fields, bytes, start, at);
		start = at;
	}
	return fields;
}

static bool
is_about_content(const char *name)
{
	return g_ascii_strncasecmp(name, "Content-", 8) == 0;
}

struct mimefields *
mimefields_of_message(const struct header_list *headers)
{
	struct mimefields *fields = mimefields_new();

	for (size_t i = 0; i < header_list_count(headers); i++) {
		const struct header_field *raw = header_list_at(headers, i);
		g_autofree char *name = raw->deleted ? NULL : header_field_name(raw);

		if (name != NULL &&
		    (is_about_content(name) || g_ascii_strcasecmp(name, "MIME-Version") == 0))
			read_field(fields, raw->text, 0, raw->length);
	}
	return fields;
}

static struct mimefield *
find(const struct mimefields *fields, const char *name)
{
	for (unsigned i = 0; i < fields->list->len; i++) {
		struct mimefield *field = g_ptr_array_index(fields->list, i);

		if (field->state != FIELD_REMOVED && g_ascii_strcasecmp(field->name, name) == 0)
			return field;
	}
	return NULL;
}

const char *
mimefields_get(const struct mimefields *fields, const char *name)
{
	const struct mimefield *field = find(fields, name);

	return field != NULL ? field->value : NULL;
}

void
mimefields_remove(struct mimefields *fields, const char *name)
{
	struct mimefield *field;

	while ((field = find(fields, name)) != NULL)
		field->state = FIELD_REMOVED;
}

void
mimefields_set(struct mimefields *fields, const char *name, const char *value)
{
	struct mimefield *field = find(fields, name);
	enum mimefield_state state;

	if (field == NULL) {
		add(fields, g_strdup(name), g_strdup(value), FIELD_ADDED);
		return;
	}
	state = field->state == FIELD_ADDED ? FIELD_ADDED : FIELD_CHANGED;
	if (strcmp(field->value, value) == 0)
		state = field->state;
	mimefields_remove(fields, name);
	field->state = state;
	char *copy = g_strdup(value);

	g_free(field->value);
	field->value = copy;
}

void
mimefields_remove_all(struct mimefields *fields)
{
	for (unsigned i = 0; i < fields->list->len; i++)
		((struct mimefield *)g_ptr_array_index(fields->list, i))->state = FIELD_REMOVED;
}

void
mimefields_remove_content(struct mimefields *fields)
{
	for (unsigned i = 0; i < fields->list->len; i++) {
		struct mimefield *field = g_ptr_array_index(fields->list, i);

		if (is_about_content(field->name))
			field->state = FIELD_REMOVED;
	}
}

void
mimefield_append(GString *out, const char *name, const char *value, const char *line_end)
{
	g_auto(GStrv) lines = g_strsplit(value, "\n", -1);

	g_string_append_printf(out, "%s:", name);
	for (unsigned i = 0; lines[i] != NULL; i++) {
		size_t length = strlen(lines[i]);

		if (length > 0 && lines[i][length - 1] == '\r')
			lines[i][length - 1] = '\0';
		g_string_append_printf(out, "%s%s%s", i == 0 ? " " : "", lines[i], line_end);
	}
}

void
mimefields_append_content(GString *out, const struct mimefields *fields, const char *line_end)
{
	for (unsigned i = 0; i < fields->list->len; i++) {
		const struct mimefield *field = g_ptr_array_index(fields->list, i);

		if (field->state != FIELD_REMOVED && is_about_content(field->name))
			mimefield_append(out, field->name, field->value, line_end);
	}
}

bool
mimefields_changed(const struct mimefields *fields)
{
	for (unsigned i = 0; i < fields->list->len; i++) {
		const struct mimefield *field = g_ptr_array_index(fields->list, i);

		if (field->state == FIELD_ADDED || field->state == FIELD_CHANGED ||
		    (field->state == FIELD_REMOVED && field->end > 0))
			return true;
	}
	return false;
}

/* The next semicolon that is in no string and no comment, or the end. */
static const char *
segment_end(const char *at)
{
	bool quoted = false;
	unsigned depth = 0;

	for (; *at != '\0'; at++) {
		if (*at == '\\' && at[1] != '\0' && (quoted || depth > 0))
			at++;
		else if (*at == '"' && depth == 0)
			quoted = !quoted;
		else if (*at == '(' && !quoted)
			depth++;
		else if (*at == ')' && !quoted && depth > 0)
			depth--;
		else if (*at == ';' && !quoted && depth == 0)
			break;
	}
	return at;
}

/* Is this segment (behind its semicolon) a parameter of that name? `value` (may be NULL): what stands behind the =, or NULL for RFC 2231's form. */
static bool
is_parameter(const char *segment, const char *end, const char *name, const char **value)
{
	const char *equals = memchr(segment, '=', (size_t)(end - segment));

	if (equals == NULL)
		return false;
	g_autofree char *left = g_strstrip(g_strndup(segment, (size_t)(equals - segment)));
	bool encoded = strchr(left, '*') != NULL;

	left[strcspn(left, "* \t\r\n(")] = '\0';
	if (value != NULL)
		*value = encoded ? NULL : equals + 1;
	return g_ascii_strcasecmp(left, name) == 0;
}

char *
mimefield_with_type(const char *value, const char *type)
{
	return g_strconcat(type, segment_end(value), NULL);
}

/* `name=text` as a sender writes it. */
static void
append_parameter(GString *out, const char *name, const char *text)
{
	bool token = *text != '\0', plain = true;

	for (const char *c = text; *c != '\0'; c++) {
		plain &= *c >= ' ' && *c <= '~';
		token &= g_ascii_isalnum(*c) || strchr("-_.+", *c) != NULL;
	}
	if (!plain) {
		g_autofree char *escaped = g_uri_escape_string(text, NULL, FALSE);

		g_string_append_printf(out, "%s*=UTF-8''%s", name, escaped);
		return;
	}
	if (token) {
		g_string_append_printf(out, "%s=%s", name, text);
		return;
	}
	g_string_append_printf(out, "%s=\"", name);
	for (const char *c = text; *c != '\0'; c++) {
		if (*c == '"' || *c == '\\')
			g_string_append_c(out, '\\');
		g_string_append_c(out, *c);
	}
	g_string_append_c(out, '"');
}

char *
mimefield_with_parameter(const char *value, const char *name, const char *text)
{
	const char *at = segment_end(value);
	GString *out = g_string_new_len(value, at - value);
	bool written = text == NULL;

	while (*at == ';') {
		const char *segment = at + 1, *end = segment_end(segment);

		if (!is_parameter(segment, end, name, NULL)) {
			g_string_append_len(out, at, end - at);
		} else if (!written) {
			g_string_append_len(out, at, (gssize)(1 + strspn(segment, " \t\r\n")));
			append_parameter(out, name, text);
			written = true;
		}
		at = end;
	}
	if (!written) {
		while (out->len > 0 && strchr("; \t\r\n", out->str[out->len - 1]) != NULL)
			g_string_truncate(out, out->len - 1);
		g_string_append(out, "; ");
		append_parameter(out, name, text);
	}
	return g_string_free(out, FALSE);
}

static bool
find_parameter(const char *value, const char *name, const char **text, const char **text_end)
{
	const char *at = segment_end(value);

	while (*at == ';') {
		const char *segment = at + 1;

		at = *text_end = segment_end(segment);
		if (is_parameter(segment, *text_end, name, text))
			return true;
	}
	return false;
}

bool
mimefield_has_parameter(const char *value, const char *name)
{
	const char *text, *end;

	return find_parameter(value, name, &text, &end);
}

/* What stands between quotes (RFC 5322 section 3.2.4). The caller's. */
static char *
unquote(const char *quoted, size_t length)
{
	GString *text = g_string_sized_new(length);

	for (size_t i = 0; i < length; i++) {
		if (quoted[i] == '\\' && i + 1 < length)
			i++;
		g_string_append_c(text, quoted[i]);
	}
	return g_string_free(text, FALSE);
}

char *
mimefield_parameter(const char *value, const char *name)
{
	const char *text, *end;

	if (!find_parameter(value, name, &text, &end) || text == NULL)
		return NULL;
	g_autofree char *copy = g_strstrip(g_strndup(text, (size_t)(end - text)));
	size_t length = strlen(copy);

	if (length >= 2 && copy[0] == '"' && copy[length - 1] == '"')
		return unquote(copy + 1, length - 2);
	return g_steal_pointer(&copy);
}
