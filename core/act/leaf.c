/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Three steps. What is inserted is brought into the charset, line ends and format of the part; it is put into the encoded bytes
 * at the places that the decoded positions stand for; and the outcome is looked at: where a line has become a boundary, or too long,
 * or an encoding can't say what is in it, the content is encoded anew as a whole.
 */
#include "core/act/leaf.h"

#include <string.h>

#include "core/act/leafwork.h"
#include "core/act/newpart.h"

/* RFC 5322 section 2.1.1. */
#define LINE_LIMIT 998

void
leaf_change_free(void *data)
{
	struct leaf_change *change = data;

	if (change->bytes != NULL)
		g_string_free(change->bytes, TRUE);
	g_free(change);
}

static void
change(struct leaf *content, size_t start, size_t end, GString *bytes)
{
	struct leaf_change *one = g_new0(struct leaf_change, 1);

	*one = (struct leaf_change){ .start = start, .end = end, .bytes = bytes };
	g_ptr_array_add(content->changes, one);
}

/* From the start of the first line that changes. */
static void
edit_base64(struct work *work, const GString *result)
{
	const struct splice *first = g_ptr_array_index(work->splices, 0);
	struct leaf *content = work->content;
	struct transfer_cut cut = transfer_base64_cut(content->bytes, content->size, first->start);
	GString *out = g_string_new(NULL);

	transfer_base64(out, result->str + cut.decoded, result->len - cut.decoded, cut.width,
	    content->line_end);
	change(content, cut.encoded, content->size, out);
}

static bool
edit_identity(struct work *work)
{
	if (!work_inserts_ascii(work) && !work_is_eight_bit(work))
		return false;
	for (unsigned i = 0; i < work->splices->len; i++) {
		const struct splice *splice = g_ptr_array_index(work->splices, i);

		change(work->content, splice->start, splice->end,
		    g_string_new_len(splice->text->str, (gssize)splice->text->len));
	}
	return true;
}

static bool
is_line_end(const struct leaf *content, size_t at)
{
	size_t left = content->size - at;

	return left == 0 || content->bytes[at] == '\n' ||
	       (left > 1 && content->bytes[at] == '\r' && content->bytes[at + 1] == '\n');
}

/* Soft line breaks keep what is new from making a line of the old text too long. */
static GString *
quoted_splice(const struct leaf *content, const GString *text, size_t start, size_t end)
{
	GString *out = g_string_new(NULL);
	char before = start > 0 ? content->bytes[start - 1] : '\n';
	bool blank = before == ' ' || before == '\t';
	bool ends = is_line_end(content, end);
	bool breaks = text->len > 0 ? text->str[0] == '\n' || text->str[0] == '\r' : ends;

	if (before != '\n' && (blank || !breaks))
		g_string_append_printf(out, "=%s", content->line_end);
	transfer_quote(out, text->str, text->len, content->line_end);
	if (text->len > 0 && text->str[text->len - 1] != '\n' && !ends)
		g_string_append_printf(out, "=%s", content->line_end);
	return out;
}

static bool
edit_quoted(struct work *work)
{
	struct leaf *content = work->content;
	struct transfer_cursor cursor;

	transfer_cursor_init(&cursor, content->bytes, content->size);
	for (unsigned i = 0; i < work->splices->len; i++) {
		const struct splice *splice = g_ptr_array_index(work->splices, i);

		if (!transfer_cursor_seek(&cursor, splice->start))
			return false;
		size_t start = cursor.at;
		if (!transfer_cursor_seek(&cursor, splice->end))
			return false;
		size_t end = cursor.at;

		/* Insertion at the very end comes behind whatever stands there. */
		if (splice->start == work->decoded->len && splice->start == splice->end)
			start = end = content->size;
		change(content, start, end, quoted_splice(content, splice->text, start, end));
	}
	return true;
}

static GString *
compose(const struct leaf *content)
{
	GString *out = g_string_sized_new(content->size);
	size_t at = 0;

	for (unsigned i = 0; i < content->changes->len; i++) {
		const struct leaf_change *one = g_ptr_array_index(content->changes, i);

		g_string_append_len(out, content->bytes + at, (gssize)(one->start - at));
		g_string_append_len(out, one->bytes->str, (gssize)one->bytes->len);
		at = one->end;
	}
	g_string_append_len(out, content->bytes + at, (gssize)(content->size - at));
	return out;
}

static bool
begins_with_boundary(const struct leaf *content, const char *line, size_t length)
{
	for (unsigned i = 0; i < content->boundaries->len; i++) {
		const char *boundary = g_ptr_array_index(content->boundaries, i);
		size_t size = strlen(boundary);

		if (length >= size + 2 && memcmp(line, "--", 2) == 0 &&
		    memcmp(line + 2, boundary, size) == 0)
			return true;
	}
	return false;
}

/* The length of the longest line; G_MAXSIZE where one is a boundary. */
static size_t
longest_line(const struct leaf *content, const char *bytes, size_t size)
{
	size_t longest = 0;

	while (size > 0) {
		const char *feed = memchr(bytes, '\n', size);
		size_t length = feed != NULL ? (size_t)(feed - bytes) : size;

		if (begins_with_boundary(content, bytes, length))
			return G_MAXSIZE;
		longest = MAX(longest, length);
		length = MIN(length + 1, size);
		bytes += length;
		size -= length;
	}
	return longest;
}

static bool
is_sound(const struct leaf *content)
{
	g_autoptr(GString) now = compose(content);
	size_t longest = longest_line(content, now->str, now->len);

	return longest <= LINE_LIMIT ||
	       (longest != G_MAXSIZE &&
		   longest_line(content, content->bytes, content->size) > LINE_LIMIT);
}

/* All of it anew. */
static void
encode_whole(struct work *work, const GString *text)
{
	struct leaf *content = work->content;
	enum transfer transfer = TRANSFER_QUOTED;
	GString *out = g_string_new(NULL);

	if (work->transfer == TRANSFER_BASE64 || work->transfer == TRANSFER_UUENCODE ||
	    memchr(text->str, '\0', text->len) != NULL)
		transfer = TRANSFER_BASE64;
	else if (work->charset == CHARSET_WHOLE && work->transfer == TRANSFER_IDENTITY &&
		 longest_line(content, text->str, text->len) <= LINE_LIMIT)
		transfer = TRANSFER_IDENTITY;
	g_ptr_array_set_size(content->changes, 0);
	if (transfer != work->transfer)
		mimefields_set(
		    content->fields, "Content-Transfer-Encoding", transfer_name(transfer));
	newpart_encode(out, transfer, false, text->str, text->len,
	    transfer == TRANSFER_IDENTITY ? work_line_end(work) : content->line_end);
	change(content, 0, content->size, out);
}

/* Text that was edited as UTF-8 goes back into its charset, or stays UTF-8. */
static void
encode_transcoded(struct work *work)
{
	g_autoptr(GString) result = work_result(work);

	if (work->marked)
		g_string_prepend(result, "\xEF\xBB\xBF");
	g_autoptr(GString) text =
	    work->name != NULL ? charset_encode(result->str, result->len, work->name, work->html)
			       : NULL;

	if (text != NULL) {
		encode_whole(work, text);
		return;
	}
	work->charset = CHARSET_UTF8;
	work_set_utf8(work);
	encode_whole(work, result);
}

static void
carry_out(struct work *work)
{
	bool sound = !work->widened;

	if (work->charset == CHARSET_WHOLE) {
		encode_transcoded(work);
		return;
	}
	g_autoptr(GString) result = work_result(work);
	switch (work->transfer) {
	case TRANSFER_BASE64:
		if (sound)
			edit_base64(work, result);
		break;
	case TRANSFER_QUOTED:
		sound = sound && edit_quoted(work) && is_sound(work->content);
		break;
	case TRANSFER_IDENTITY:
		sound = sound && edit_identity(work) && is_sound(work->content);
		break;
	case TRANSFER_UUENCODE:
		sound = false;
		break;
	}
	if (!sound)
		encode_whole(work, result);
}

bool
leaf_splice(struct leaf *content, const GPtrArray *edits)
{
	struct work work;
	bool known = work_init(&work, content, edits);

	if (known && work.splices->len > 0)
		carry_out(&work);
	work_clear(&work);
	return known;
}

static bool
is_at_start(const struct part *part, size_t place)
{
	return place == 0 || (part->html != NULL && (place == part->html->body_open ||
							place == part->html->html_open));
}

static bool
is_at_end(const struct part *part, size_t place)
{
	return place == BODY_END || (part->html != NULL && (place == part->html->body_close ||
							       place == part->html->html_close));
}

static GString *
converted_text(const struct leaf *content, const char *text, const GPtrArray *edits)
{
	GString *out = g_string_new(NULL);

	for (int end = 0; end < 2; end++) {
		if (end == 1)
			g_string_append(out, text);
		for (unsigned i = 0; i < edits->len; i++) {
			const struct body_edit *edit = g_ptr_array_index(edits, i);

			if (edit->start == edit->end &&
			    (end == 0 ? is_at_start(content->part, edit->start)
				      : is_at_end(content->part, edit->start) &&
					    !is_at_start(content->part, edit->start)))
				g_string_append(out, edit->text);
		}
	}
	return out;
}

void
leaf_convert(struct leaf *content, const char *text, const GPtrArray *edits)
{
	const char *type = mimefields_get(content->fields, "Content-Type");
	g_autofree char *plain = mimefield_with_type(type != NULL ? type : "", "text/plain");
	g_autofree char *value = mimefield_with_parameter(plain, "charset", "UTF-8");
	g_autoptr(GString) whole = converted_text(content, text, edits);
	enum transfer transfer = newpart_transfer("text/plain", whole->str, whole->len);
	GString *out = g_string_new(NULL);

	mimefields_set(content->fields, "Content-Type", value);
	mimefields_set(content->fields, "Content-Transfer-Encoding", transfer_name(transfer));
	newpart_encode(out, transfer, true, whole->str, whole->len, content->line_end);
	change(content, 0, content->size, out);
}
