/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A field is never parsed into parts and put together again: it is looked at in place, and an edit
 * makes a new text beside the old one, which stays in the list as deleted. So what nobody edited
 * can't have changed, and a format that keeps replaced fields on file has them.
 */
#include "spool/header.h"

#include <string.h>

#define FOLD_COLUMN 75

struct header_list {
	GArray *fields;	     /* of struct header_field */
	GStringChunk *texts; /* of the fields that we made; NULL: none yet */
	bool changed;
};

struct header_list *
header_list_new(void)
{
	struct header_list *list = g_new0(struct header_list, 1);

	list->fields = g_array_sized_new(FALSE, FALSE, sizeof(struct header_field), 32);
	return list;
}

void
header_list_free(struct header_list *list)
{
	if (list == NULL)
		return;
	g_array_unref(list->fields);
	if (list->texts != NULL)
		g_string_chunk_free(list->texts);
	g_free(list);
}

void
header_list_read(struct header_list *list, const char *text, size_t length, char mark, bool deleted)
{
	struct header_field field = {
		.text = text, .length = length, .mark = mark, .deleted = deleted, .lost = deleted
	};

	g_array_append_val(list->fields, field);
}

size_t
header_list_count(const struct header_list *list)
{
	return list->fields->len;
}

static struct header_field *
field_at(const struct header_list *list, size_t n)
{
	return &g_array_index(list->fields, struct header_field, n);
}

const struct header_field *
header_list_at(const struct header_list *list, size_t n)
{
	return field_at(list, n);
}

bool
header_list_changed(const struct header_list *list)
{
	return list->changed;
}

static bool
is_blank(const struct header_field *field, size_t at)
{
	return at < field->length && (field->text[at] == ' ' || field->text[at] == '\t');
}

/* Length of the field's name; 0 where none can be made out. `colon` receives where the colon is. */
static size_t
name_length(const struct header_field *field, size_t *colon)
{
	size_t length = 0, after;

	while (length < field->length && field->text[length] > ' ' && field->text[length] < 127 &&
	       field->text[length] != ':')
		length++;
	after = length;
	while (is_blank(field, after))
		after++;
	if (after == field->length || field->text[after] != ':')
		return 0;
	*colon = after;
	return length;
}

static size_t
length_without_colon(const char *name)
{
	size_t length = strlen(name);

	return length > 0 && name[length - 1] == ':' ? length - 1 : length;
}

static bool
field_has_name(const struct header_field *field, const char *name)
{
	size_t colon, length = length_without_colon(name);

	return !field->deleted && length > 0 && name_length(field, &colon) == length &&
	       g_ascii_strncasecmp(field->text, name, length) == 0;
}

/* Index of the first undeleted field of this name at or after `from`, -1 if there is none. */
static ssize_t
find_from(const struct header_list *list, const char *name, size_t from)
{
	for (size_t i = from; i < list->fields->len; i++) {
		if (field_has_name(field_at(list, i), name))
			return (ssize_t)i;
	}
	return -1;
}

const struct header_field *
header_list_find(const struct header_list *list, const char *name)
{
	ssize_t found = find_from(list, name, 0);

	return found < 0 ? NULL : field_at(list, (size_t)found);
}

char *
header_field_name(const struct header_field *field)
{
	size_t colon, length = name_length(field, &colon);

	return length > 0 ? g_strndup(field->text, length) : NULL;
}

char *
header_field_value(const struct header_field *field)
{
	size_t start = 0;

	if (name_length(field, &start) > 0)
		start++;

	GString *value = g_string_sized_new(field->length - start + 1);

	for (size_t i = start; i < field->length; i++) {
		char byte = field->text[i],
		     next = i + 1 < field->length ? field->text[i + 1] : '\n';

		if (byte != '\n' && byte != '\0' && !(byte == '\r' && next == '\n'))
			g_string_append_c(value, byte);
	}
	return g_strstrip(g_string_free(value, FALSE));
}

char *
header_list_value(const struct header_list *list, const char *name)
{
	const struct header_field *field = header_list_find(list, name);

	return field != NULL ? header_field_value(field) : NULL;
}

/* True when the newline at `at` is followed by a blank and then by something to see. */
static bool
newline_folds(const char *at)
{
	size_t blanks = strspn(at + 1, " \t");

	return blanks > 0 && at[1 + blanks] != '\0' && at[1 + blanks] != '\n' &&
	       at[1 + blanks] != '\r';
}

/* Appends `value` so that it can neither end the field nor the header. */
static void
append_safely(GString *text, const char *value)
{
	for (const char *p = value; *p != '\0'; p++) {
		bool fits = *p == '\n' ? newline_folds(p) : *p == '\t' || !g_ascii_iscntrl(*p);

		g_string_append_c(text, fits ? *p : '?');
	}
}

static void
insert(struct header_list *list, size_t at, const GString *text, char mark)
{
	if (list->texts == NULL)
		list->texts = g_string_chunk_new(1024);

	struct header_field field = {
		.text = g_string_chunk_insert_len(list->texts, text->str, (gssize)text->len),
		.length = text->len,
		.mark = mark,
		.added = true,
	};

	g_array_insert_val(list->fields, at, field);
	list->changed = true;
}

void
header_list_add(
    struct header_list *list, const char *name, const char *value, enum header_place place)
{
	size_t length = length_without_colon(name);

	if (length == 0)
		return;

	g_autoptr(GString) text = g_string_sized_new(length + strlen(value) + 4);
	g_autofree char *trimmed = g_strchomp(g_strdup(value));

	for (size_t i = 0; i < length; i++) {
		bool fits = name[i] > ' ' && name[i] < 127 && name[i] != ':';

		g_string_append_c(text, fits ? name[i] : '-');
	}
	g_string_append(text, ": ");
	append_safely(text, trimmed);
	g_string_append_c(text, '\n');
	insert(list, place == HEADER_TOP ? 0 : list->fields->len, text, ' ');
}

/* A field of ours leaves no trace; one that came with the message stays as deleted. Returns where
 * the next field is now. */
static size_t
delete_at(struct header_list *list, size_t at)
{
	list->changed = true;
	if (field_at(list, at)->added) {
		g_array_remove_index(list->fields, (guint)at);
		return at;
	}
	field_at(list, at)->deleted = true;
	return at + 1;
}

static size_t
remove_from(struct header_list *list, const char *name, size_t from)
{
	size_t removed = 0;

	for (ssize_t at = find_from(list, name, from); at >= 0; removed++)
		at = find_from(list, name, delete_at(list, (size_t)at));
	return removed;
}

size_t
header_list_remove(struct header_list *list, const char *name)
{
	return remove_from(list, name, 0);
}

size_t
header_list_remove_if(
    struct header_list *list, bool (*matches)(const struct header_field *, void *), void *data)
{
	size_t removed = 0, at = 0;

	while (at < list->fields->len) {
		const struct header_field *field = field_at(list, at);

		if (field->deleted || !matches(field, data)) {
			at++;
		} else {
			at = delete_at(list, at);
			removed++;
		}
	}
	return removed;
}

size_t
header_list_keep_first(struct header_list *list, const char *name)
{
	ssize_t first = find_from(list, name, 0);

	return first < 0 ? 0 : remove_from(list, name, (size_t)first + 1);
}

/* Puts `text` in the place of the field there; the old one stays as deleted if it is not ours. */
static void
replace_at(struct header_list *list, size_t at, const GString *text)
{
	char mark = field_at(list, at)->mark;

	insert(list, delete_at(list, at), text, mark);
}

void
header_list_append(struct header_list *list, const char *name, const char *separator,
    const char *value, enum header_place place)
{
	ssize_t at = find_from(list, name, 0);

	if (at < 0) {
		header_list_add(list, name, value, place);
		return;
	}

	const struct header_field *field = field_at(list, (size_t)at);
	size_t length = field->length;
	g_autofree char *addition = g_strchomp(g_strconcat(separator, value, NULL));

	while (length > 0 && (field->text[length - 1] == '\n' || field->text[length - 1] == '\r'))
		length--;

	g_autoptr(GString) text = g_string_new_len(field->text, (gssize)length);

	append_safely(text, addition);
	g_string_append_len(text, field->text + length, (gssize)(field->length - length));
	replace_at(list, (size_t)at, text);
}

/* Where the value of a field with a name begins, behind blanks and folding. */
static size_t
value_start(const struct header_field *field)
{
	size_t at = 0;

	name_length(field, &at);
	at++;
	while (is_blank(field, at) ||
	       (at < field->length && field->text[at] == '\n' && is_blank(field, at + 1)))
		at++;
	return at;
}

void
header_list_prepend(struct header_list *list, const char *name, const char *value,
    const char *separator, enum header_place place)
{
	ssize_t at = find_from(list, name, 0);

	if (at < 0) {
		header_list_add(list, name, value, place);
		return;
	}

	const struct header_field *field = field_at(list, (size_t)at);
	size_t start = value_start(field);
	g_autoptr(GString) text = g_string_new_len(field->text, (gssize)start);

	if (field->text[start - 1] == ':')
		g_string_append_c(text, ' ');
	append_safely(text, value);
	append_safely(text, separator);
	g_string_append_len(text, field->text + start, (gssize)(field->length - start));
	replace_at(list, (size_t)at, text);
}

char *
header_fold_list(const char *name, const char *const *items)
{
	GString *text = g_string_new(NULL);
	size_t column = length_without_colon(name) + 2;

	for (size_t i = 0; items[i] != NULL; i++) {
		size_t length = strlen(items[i]);

		if (i > 0 && column + 2 + length > FOLD_COLUMN) {
			g_string_append(text, ",\n\t");
			column = 8;
		} else if (i > 0) {
			g_string_append(text, ", ");
			column += 2;
		}
		g_string_append(text, items[i]);
		column += length;
	}
	return g_string_free(text, FALSE);
}
