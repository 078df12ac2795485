/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The usual view takes the first of everything, as RFC 2045 readers do. What gateways are passed by is always the same: another
 * program finds another boundary, another type or another encoding in the same bytes. So these three are looked for everywhere
 * that a program might find them, and those that would show something else make a view of their own.
 */
#include "core/read/view.h"

#include <string.h>
#include "core/read/names.h"

/* Boundaries longer than this are none (RFC 2046 has 70). */
#define BOUNDARY_MAX 8192
#define CANDIDATES_MAX 16
/* Words "boundary" of one field that are looked at. */
#define WORDS_MAX 64
/* Bytes in which a boundary that no header names is looked for. */
#define GUESSED_WITHIN 65536

void
view_free(struct view *view)
{
	if (view == NULL)
		return;
	g_free(view->type);
	g_free(view->boundary);
	g_free(view);
}

struct view *
view_copy(const struct view *view)
{
	struct view *other = g_new(struct view, 1);

	*other = *view;
	other->type = g_strdup(view->type);
	other->boundary = g_strdup(view->boundary);
	return other;
}

static bool
is_usable(const char *boundary)
{
	size_t length = boundary != NULL ? strlen(boundary) : 0;

	return length > 0 && length <= BOUNDARY_MAX && strcmp(boundary, "\"\"") != 0 &&
	       strcmp(boundary, "''") != 0 && !g_ascii_isspace(boundary[length - 1]);
}

static bool
is_multipart(const char *type)
{
	return g_str_has_prefix(type, "multipart/");
}

static bool
is_type(const char *head)
{
	const char *slash = strchr(head, '/');

	return slash != NULL && slash != head && slash[1] != '\0' && strlen(head) < 200 &&
	       g_utf8_validate(head, -1, NULL);
}

/* Without comments and what follows the first word. */
static enum encoding
encoding_of(const struct field *field)
{
	struct params params;
	g_autofree char *whole = NULL;
	enum encoding encoding;

	if (field == NULL)
		return ENCODING_NONE;
	whole = g_ascii_strdown(field->value, -1);
	encoding = encoding_named(whole);
	if (encoding != ENCODING_UNKNOWN)
		return encoding;
	params_read(&params, whole);
	encoding = encoding_named(params.head);
	params_clear(&params);
	return encoding;
}

struct view *
view_usual(const struct fields *fields, const char *type)
{
	const struct field *content = fields_find(fields, "content-type");
	struct view *view = g_new0(struct view, 1);
	struct params params;

	view->encoding = encoding_of(fields_find(fields, "content-transfer-encoding"));
	view->body = fields->body;
	view->type = g_strdup(type);
	if (content == NULL || content->odd)
		return view;
	params_read(&params, content->value);
	if (is_type(params.head)) {
		g_free(view->type);
		view->type = g_strdup(params.head);
	}
	if (is_multipart(view->type)) {
		view->boundary = params_get(&params, "boundary");
		if (!is_usable(view->boundary))
			g_clear_pointer(&view->boundary, g_free);
	}
	params_clear(&params);
	return view;
}

/* Where the line behind this one begins. */
static size_t
next_line(const struct view *view, const char *bytes, size_t at, size_t size)
{
	const char *lf = memchr(bytes + at, '\n', size - at);
	size_t next = lf != NULL ? (size_t)(lf - bytes) + 1 : size;
	const char *cr = view->cr ? memchr(bytes + at, '\r', next - at) : NULL;

	return cr != NULL && cr + 1 != lf ? (size_t)(cr - bytes) + 1 : next;
}

/* Whether the line behind the boundary at `at` may be one. */
static bool
is_rest(
    const struct view *view, const char *bytes, size_t at, size_t size, struct delimiter *delimiter)
{
	size_t end = delimiter->next = next_line(view, bytes, at, size);

	delimiter->last = end - at >= 2 && bytes[at] == '-' && bytes[at + 1] == '-';
	if (delimiter->last)
		at += 2;
	while (at < end && g_ascii_isspace(bytes[at]))
		at++;
	if (!view->loose)
		return at == end;
	delimiter->last &= at == end;
	return true;
}

static bool
begins_line(const struct view *view, const char *bytes, size_t from, size_t at)
{
	return at == from || bytes[at - 1] == '\n' || (view->cr && bytes[at - 1] == '\r');
}

/* Most lines have no dash in them, so these are not looked at one by one. */
bool
view_delimiter(const struct view *view, const char *bytes, size_t from, size_t size,
    struct delimiter *delimiter)
{
	size_t length = view->boundary != NULL ? strlen(view->boundary) : 0;
	const char *dash;

	for (size_t at = from; length > 0 && at < size; at = next_line(view, bytes, at, size)) {
		dash = memchr(bytes + at, '-', size - at);
		if (dash == NULL || (size_t)(bytes + size - dash) < length + 2)
			return false;
		at = (size_t)(dash - bytes);
		if (!begins_line(view, bytes, from, at) || bytes[at + 1] != '-' ||
		    memcmp(bytes + at + 2, view->boundary, length) != 0 ||
		    !is_rest(view, bytes, at + 2 + length, size, delimiter))
			continue;
		delimiter->line = at;
		if (at > from && (bytes[at - 1] == '\n' || (view->cr && bytes[at - 1] == '\r')))
			at--;
		if (at > from && bytes[at] == '\n' && bytes[at - 1] == '\r')
			at--;
		delimiter->start = at;
		return true;
	}
	return false;
}

static void
add_candidate(GPtrArray *candidates, char *boundary)
{
	if (is_usable(boundary) && candidates->len < CANDIDATES_MAX &&
	    !g_ptr_array_find_with_equal_func(candidates, boundary, g_str_equal, NULL))
		g_ptr_array_add(candidates, boundary);
	else
		g_free(boundary);
}

/* A piece of a field, without white space behind it. */
static void
add_piece(GPtrArray *candidates, const char *at, size_t length)
{
	while (length > 0 && g_ascii_isspace(at[length - 1]))
		length--;
	add_candidate(candidates, g_strndup(at, length));
}

/* What stands behind a word "boundary" anywhere in a field, in every way in which that can be read. */
static void
find_candidates(GPtrArray *candidates, const char *value)
{
	g_autofree char *low = g_ascii_strdown(value, -1);
	const char *word = low;

	for (unsigned words = 0; words < WORDS_MAX && candidates->len < CANDIDATES_MAX &&
				 (word = strstr(word, "boundary")) != NULL;
	     words++) {
		const char *at = value + (word - low) + strlen("boundary");
		size_t length;

		word += strlen("boundary");
		at += strspn(at, " \t*0123456789");
		if (*at != '=')
			continue;
		at += 1 + strspn(at + 1, " \t");
		if (*at == '"' && (length = strcspn(at + 1, "\"")) > 0) {
			add_piece(candidates, at + 1, length);
			add_candidate(candidates, g_strndup(at, strcspn(at, " \t;")));
		}
		add_piece(candidates, at, strcspn(at, ";"));
		add_candidate(candidates, g_strndup(at, strcspn(at, " \t;,(\"")));
	}
}

static void
collect_candidates(GPtrArray *candidates, const struct fields *fields)
{
	for (guint i = 0; i < fields->list->len; i++) {
		const struct field *field = &g_array_index(fields->list, struct field, i);
		struct params params;

		if (strcasestr(field->value, "boundary") == NULL)
			continue;
		params_read(&params, field->value);
		add_candidate(candidates, params_get(&params, "boundary"));
		add_candidate(candidates, params_get_extended(&params, "boundary"));
		params_clear(&params);
		find_candidates(candidates, field->value);
	}
}

/* The first line that looks like a boundary line. */
static void
guess_candidate(GPtrArray *candidates, const char *bytes, size_t size)
{
	const char *end = bytes + MIN(size, GUESSED_WITHIN);

	for (const char *at = bytes; at < end; at++) {
		const char *lf = memchr(at, '\n', (size_t)(end - at));
		const char *stop = lf != NULL ? lf : end;

		while (stop > at && g_ascii_isspace(stop[-1]))
			stop--;
		if (stop - at > 2 && at[0] == '-' && at[1] == '-' &&
		    memchr(at, '\0', (size_t)(stop - at)) == NULL) {
			add_candidate(candidates, g_strndup(at + 2, (gsize)(stop - at - 2)));
			return;
		}
		if (lf == NULL)
			return;
		at = lf;
	}
}

static bool
is_same(const struct view *one, const struct view *other)
{
	return one->encoding == other->encoding && one->loose == other->loose &&
	       one->cr == other->cr && one->body == other->body &&
	       strcmp(one->type, other->type) == 0 &&
	       g_strcmp0(one->boundary, other->boundary) == 0;
}

static void
add_view(GPtrArray *views, const struct view *usual, struct view *view)
{
	bool known = is_same(usual, view) || views->len >= VIEWS_MAX;

	for (guint i = 0; i < views->len && !known; i++)
		known = is_same(g_ptr_array_index(views, i), view);
	if (known)
		view_free(view);
	else
		g_ptr_array_add(views, view);
}

static void
set(char **text, const char *to)
{
	g_free(*text);
	*text = g_strdup(to);
}

static void
add_boundaries(GPtrArray *views, GPtrArray *candidates, const struct view *usual, const char *bytes,
    size_t size)
{
	for (guint i = 0; i < candidates->len; i++) {
		struct view *view = view_copy(usual);
		struct delimiter delimiter;

		set(&view->boundary, g_ptr_array_index(candidates, i));
		if (!is_multipart(view->type))
			set(&view->type, "multipart/mixed");
		view->cr = !view_delimiter(view, bytes, view->body, size, &delimiter);
		if (!view->cr || view_delimiter(view, bytes, view->body, size, &delimiter))
			add_view(views, usual, view);
		else
			view_free(view);
	}
}

/* Other types and encodings that stand in the header. */
static void
add_fields(GPtrArray *views, const struct fields *fields, const struct view *usual)
{
	for (guint i = 0; i < fields->list->len; i++) {
		const struct field *field = &g_array_index(fields->list, struct field, i);
		struct view *view = view_copy(usual);

		if (strcmp(field->name, "content-type") == 0) {
			struct params params;

			params_read(&params, field->value);
			if (is_type(params.head) && !is_multipart(params.head)) {
				set(&view->type, params.head);
				g_clear_pointer(&view->boundary, g_free);
			}
			params_clear(&params);
		} else if (strcmp(field->name, "content-transfer-encoding") == 0 &&
			   usual->boundary == NULL) {
			enum encoding encoding = encoding_of(field);

			if (encoding == ENCODING_UNKNOWN)
				encoding = encoding_guessed(field->value);
			if (encoding != ENCODING_UNKNOWN)
				view->encoding = encoding;
		}
		add_view(views, usual, view);
	}
}

/* The view, which is taken over, unless it finds what the usual one does. */
static void
add_if_other(
    GPtrArray *views, const struct view *usual, struct view *view, const char *bytes, size_t size)
{
	struct delimiter strict = { .next = usual->body }, other = { .next = usual->body };
	bool differs = false, more = true;

	while (more && !differs) {
		bool last = strict.last;
		bool found = view_delimiter(usual, bytes, strict.next, size, &strict);

		more = view_delimiter(view, bytes, other.next, size, &other);
		differs =
		    more != found ||
		    (more && (other.start != strict.start || other.last != strict.last || last));
		/* Behind the last one only some go on. */
		more &= view->loose || !other.last;
	}
	if (differs)
		add_view(views, usual, view);
	else
		view_free(view);
}

/*
 * RFC 2046 has it that whatever stands behind a boundary does not matter; some do, and some go on behind the last one. A CR by
 * itself is no line end by RFC 5322, and is one for whoever wants to be portable.
 */
static void
add_lines(GPtrArray *views, const struct view *usual, const char *bytes, size_t size)
{
	struct view *view = view_copy(usual);

	view->loose = true;
	add_if_other(views, usual, view, bytes, size);
	if (memchr(bytes, '\r', size) == NULL)
		return;
	view = view_copy(usual);
	view->cr = true;
	add_if_other(views, usual, view, bytes, size);
}

/* The header ends at its first odd line for some. */
static void
add_early(GPtrArray *views, const struct fields *fields, const struct view *usual)
{
	struct fields early = *fields;
	struct view *view;

	if (fields->early == 0)
		return;
	early.list = g_array_new(FALSE, FALSE, sizeof(struct field));
	g_array_append_vals(early.list, fields->list->data, fields->early_fields);
	early.body = fields->early;
	view = view_usual(&early, "text/plain");
	g_array_unref(early.list);
	add_view(views, usual, view);
}

GPtrArray *
views_other(const struct fields *fields, const struct view *usual, const char *bytes, size_t size)
{
	GPtrArray *views = g_ptr_array_new_with_free_func((GDestroyNotify)view_free);
	g_autoptr(GPtrArray) candidates = g_ptr_array_new_with_free_func(g_free);
	struct delimiter delimiter;
	bool multipart = is_multipart(usual->type);

	collect_candidates(candidates, fields);
	if (multipart && !view_delimiter(usual, bytes, usual->body, size, &delimiter))
		guess_candidate(candidates, bytes + usual->body, size - usual->body);
	add_boundaries(views, candidates, usual, bytes, size);
	add_fields(views, fields, usual);
	if (usual->boundary != NULL)
		add_lines(views, usual, bytes, size);
	add_early(views, fields, usual);
	return views;
}
