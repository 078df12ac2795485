/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is inserted takes the shape of what is there: its charset, its line ends, its format. Only where the charset lacks a character
 * does the text around it change, too.
 */
#include "core/act/leafwork.h"

#include <string.h>

#include "core/read/html_charset.h"

static void
splice_free(void *data)
{
	struct splice *splice = data;

	g_string_free(splice->text, TRUE);
	g_free(splice);
}

static int
compare(const void *a, const void *b)
{
	const struct splice *one = *(struct splice *const *)a, *other = *(struct splice *const *)b;
	bool one_inserts = one->start == one->end, other_inserts = other->start == other->end;

	if (one->start != other->start)
		return one->start < other->start ? -1 : 1;
	if (one_inserts != other_inserts)
		return one_inserts ? -1 : 1;
	if (one->end != other->end)
		return one->end > other->end ? -1 : 1;
	return one->order < other->order ? -1 : one->order > other->order;
}

/* Cuts overlaps and joins what touches. */
static void
untangle(GPtrArray *splices)
{
	struct splice *last = NULL;
	unsigned kept = 0;

	g_ptr_array_sort(splices, compare);
	for (unsigned i = 0; i < splices->len; i++) {
		struct splice *next = g_ptr_array_index(splices, i);

		if (last == NULL || next->start > last->end) {
			last = next;
			splices->pdata[kept++] = next;
			continue;
		}
		/* Inside of what goes, a replacement goes with it; an insertion does not. */
		bool inside = next->start < last->end && next->end <= last->end;
		if (!inside || next->start == next->end)
			g_string_append_len(last->text, next->text->str, (gssize)next->text->len);
		last->end = MAX(last->end, next->end);
		splice_free(next);
	}
	g_ptr_array_set_free_func(splices, NULL);
	g_ptr_array_set_size(splices, (gint)kept);
	g_ptr_array_set_free_func(splices, splice_free);
}

static bool
is_flowed(const struct leaf *content)
{
	const char *type = mimefields_get(content->fields, "Content-Type");
	g_autofree char *format = type != NULL ? mimefield_parameter(type, "format") : NULL;

	return format != NULL && g_ascii_strcasecmp(format, "flowed") == 0;
}

/* RFC 3676 section 4: each line stands by itself (no blank at its end), and none looks like a quotation. */
static GString *
stuff(const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	GString *out = g_string_new(NULL);

	for (unsigned i = 0; lines[i] != NULL; i++) {
		const char *line = lines[i];

		if (strcmp(line, "-- ") != 0)
			g_strchomp(lines[i]);
		if (*line == ' ' || *line == '>' || g_str_has_prefix(line, "From "))
			g_string_append_c(out, ' ');
		g_string_append_printf(out, "%s%s", line, lines[i + 1] != NULL ? "\n" : "");
	}
	return out;
}

/* What is put behind a last line without an end begins a line of its own, and leaves the end to what follows. */
static void
start_line(GString *text)
{
	g_string_prepend_c(text, '\n');
	if (text->len > 1 && text->str[text->len - 1] == '\n')
		g_string_truncate(text, text->len - 1);
}

/* Places in plain text count in its bytes, whatever it is edited as. */
static size_t
place_in_text(const struct work *work, size_t place)
{
	if (work->raw == NULL || work->content->part->html != NULL || place == 0)
		return place;
	if (place >= work->raw->len)
		return work->decoded->len;
	g_autoptr(GString) before = charset_decode(work->raw->str, place, work->name);

	return before->len;
}

static void
add_splice(struct work *work, const struct body_edit *edit, bool flowed)
{
	size_t length = work->decoded->len;
	struct splice *splice = g_new0(struct splice, 1);

	splice->order = work->splices->len;
	splice->start = MIN(place_in_text(work, edit->start), length);
	splice->end = CLAMP(place_in_text(work, edit->end), splice->start, length);
	splice->text = flowed ? stuff(edit->text) : g_string_new(edit->text);
	if (!work->html && splice->start == length && length > 0 && splice->text->len > 0 &&
	    work->decoded->str[length - 1] != '\n')
		start_line(splice->text);
	g_ptr_array_add(work->splices, splice);
}

const char *
work_line_end(const struct work *work)
{
	const char *feed = memchr(work->decoded->str, '\n', work->decoded->len);

	if (feed != NULL)
		return feed > work->decoded->str && feed[-1] == '\r' ? "\r\n" : "\n";
	return work->transfer == TRANSFER_BASE64 ? "\r\n" : work->content->line_end;
}

static void
end_lines(struct work *work)
{
	const char *line_end = work_line_end(work);

	for (unsigned i = 0; strcmp(line_end, "\r\n") == 0 && i < work->splices->len; i++) {
		struct splice *splice = g_ptr_array_index(work->splices, i);

		g_string_replace(splice->text, "\r\n", "\n", 0);
		g_string_replace(splice->text, "\n", "\r\n", 0);
	}
}

bool
work_inserts_ascii(const struct work *work)
{
	for (unsigned i = 0; i < work->splices->len; i++) {
		const struct splice *splice = g_ptr_array_index(work->splices, i);

		if (!charset_is_ascii(splice->text->str, splice->text->len))
			return false;
	}
	return true;
}

/* Puts texts in the charset into the splices; false, and nothing done, where one can't be said in it. */
static bool
encode_splices(struct work *work, const char *charset, bool references)
{
	g_autoptr(GPtrArray) texts = g_ptr_array_new();

	for (unsigned i = 0; i < work->splices->len; i++) {
		const struct splice *splice = g_ptr_array_index(work->splices, i);
		GString *text =
		    charset_encode(splice->text->str, splice->text->len, charset, references);

		if (text == NULL) {
			for (unsigned j = 0; j < texts->len; j++)
				g_string_free(g_ptr_array_index(texts, j), TRUE);
			return false;
		}
		g_ptr_array_add(texts, text);
	}
	for (unsigned i = 0; i < texts->len; i++) {
		struct splice *splice = g_ptr_array_index(work->splices, i);

		g_string_free(splice->text, TRUE);
		splice->text = g_ptr_array_index(texts, i);
	}
	return true;
}

static void
use_letters(struct work *work)
{
	for (unsigned i = 0; i < work->splices->len; i++) {
		struct splice *splice = g_ptr_array_index(work->splices, i);
		g_autofree char *letters = charset_letters(splice->text->str);

		g_string_assign(splice->text, letters);
	}
}

void
work_set_utf8(struct work *work)
{
	const char *type = mimefields_get(work->content->fields, "Content-Type");
	g_autofree char *value =
	    mimefield_with_parameter(type != NULL ? type : "text/plain", "charset", "UTF-8");

	mimefields_set(work->content->fields, "Content-Type", value);
}

/* A piece of the old text as UTF-8, behind the others. */
static void
append_widened(GString *out, const struct work *work, size_t start, size_t end)
{
	g_autoptr(GString) piece =
	    charset_decode(work->decoded->str + start, end - start, work->content->part->charset);

	g_string_append_len(out, piece->str, (gssize)piece->len);
}

/* The whole text becomes UTF-8: new decoded text, and places in that. */
static void
widen_text(struct work *work)
{
	GString *out = g_string_sized_new(work->decoded->len * 2);
	size_t at = 0;

	for (unsigned i = 0; i < work->splices->len; i++) {
		struct splice *splice = g_ptr_array_index(work->splices, i);

		append_widened(out, work, at, splice->start);
		size_t start = out->len;
		append_widened(out, work, splice->start, splice->end);
		at = splice->end;
		splice->start = start;
		splice->end = out->len;
	}
	append_widened(out, work, at, work->decoded->len);
	g_string_free(work->decoded, TRUE);
	work->decoded = out;
	work->widened = true;
}

/* Plain text that the charset can't say: the part becomes UTF-8, unless nobody knows what its bytes mean. */
static void
widen(struct work *work)
{
	const GString *decoded = work->decoded;

	if (g_utf8_validate_len(decoded->str, decoded->len, NULL)) {
		work_set_utf8(work);
		return;
	}
	g_autofree char *strict = work->charset == CHARSET_PLAIN
				      ? g_convert(decoded->str, (gssize)decoded->len, "UTF-8",
					    work->content->part->charset, NULL, NULL, NULL)
				      : NULL;
	if (strict == NULL) {
		use_letters(work);
		return;
	}
	widen_text(work);
	work_set_utf8(work);
}

bool
work_is_eight_bit(const struct work *work)
{
	return g_ascii_strcasecmp(work->content->part->encoding, "8bit") == 0 ||
	       g_ascii_strcasecmp(work->content->part->encoding, "binary") == 0 ||
	       !charset_is_ascii(work->decoded->str, work->decoded->len);
}

static void
convert_texts(struct work *work)
{
	const char *charset = work->content->part->charset;

	if (work->charset == CHARSET_WHOLE || work_inserts_ascii(work))
		return;
	if (work->html) {
		bool ascii = work->charset == CHARSET_NONE || work->charset == CHARSET_UNKNOWN ||
			     (work->transfer == TRANSFER_IDENTITY && !work_is_eight_bit(work));

		(void)encode_splices(work, ascii ? "US-ASCII" : charset, true);
	} else if (work->charset == CHARSET_NONE || work->charset == CHARSET_UNKNOWN ||
		   (work->charset != CHARSET_UTF8 && !encode_splices(work, charset, false))) {
		widen(work);
	}
}

GString *
work_result(const struct work *work)
{
	GString *out = g_string_sized_new(work->decoded->len);
	size_t at = 0;

	for (unsigned i = 0; i < work->splices->len; i++) {
		const struct splice *splice = g_ptr_array_index(work->splices, i);

		g_string_append_len(out, work->decoded->str + at, (gssize)(splice->start - at));
		g_string_append_len(out, splice->text->str, (gssize)splice->text->len);
		at = splice->end;
	}
	g_string_append_len(out, work->decoded->str + at, (gssize)(work->decoded->len - at));
	return out;
}

static bool
is_html(const struct part *part)
{
	return part->html != NULL || strcmp(part->type, "text/html") == 0;
}

/* Text that can't be edited as bytes: HTML where its reader said so, other text by its charset. */
static enum charset_kind
charset_of(const struct part *part)
{
	enum charset_kind kind = charset_kind_of(part->charset);

	if (part->html == NULL)
		return kind;
	if (part->html->transcoded != NULL)
		return CHARSET_WHOLE;
	return kind == CHARSET_WHOLE ? CHARSET_UNKNOWN : kind;
}

/* Does it begin with a byte-order mark? */
static bool
is_marked(const GString *bytes)
{
	static const char *const marks[] = { "\xEF\xBB\xBF", "\xFF\xFE", "\xFE\xFF" };

	for (size_t i = 0; i < G_N_ELEMENTS(marks); i++) {
		if (g_str_has_prefix(bytes->str, marks[i]))
			return true;
	}
	return bytes->len >= 4 && memcmp(bytes->str, "\0\0\xFE\xFF", 4) == 0;
}

/* HTML: as its reader did it. */
static GString *
transcode_html(struct work *work)
{
	const struct html_charset *charset =
	    html_charset_of(work->raw->str, work->raw->len, work->content->part->charset);
	size_t length;
	char *text = html_charset_convert(charset, work->raw->str, work->raw->len, &length);
	GString *out = g_string_new_len(text, (gssize)length);

	g_free(text);
	work->marked = is_marked(work->raw);
	/* HZ is read by way of another charset, and can't be written. */
	work->name = strcmp(charset->label, "hz-gb-2312") == 0 ? NULL : charset->label;
	return out;
}

/* The decoded text as UTF-8, without a byte-order mark. False where it isn't what the reader saw. */
static bool
transcode(struct work *work)
{
	const struct html_facts *html = work->content->part->html;

	work->raw = work->decoded;
	work->decoded = html != NULL ? transcode_html(work)
				     : charset_decode(work->raw->str, work->raw->len, work->name);
	if (work->decoded == NULL) {
		work->decoded = g_string_new(NULL);
		return false;
	}
	return html == NULL || html->length == work->decoded->len;
}

static bool
prepare(struct work *work, struct leaf *content)
{
	*work = (struct work){
		.content = content,
		.transfer = transfer_of(content->part->encoding),
		.charset = charset_of(content->part),
		.name = content->part->charset,
		.html = is_html(content->part),
		.splices = g_ptr_array_new_with_free_func(splice_free),
	};
	/* What follows the last group is no content. */
	while (work->transfer == TRANSFER_BASE64 && content->size > 0 &&
	       g_ascii_isspace(content->bytes[content->size - 1]))
		content->size--;
	work->decoded = transfer_decode(work->transfer, content->bytes, content->size);
	return work->charset != CHARSET_WHOLE || transcode(work);
}

bool
work_init(struct work *work, struct leaf *content, const GPtrArray *edits)
{
	bool flowed = is_flowed(content);
	bool known = prepare(work, content);

	for (unsigned i = 0; known && i < edits->len; i++)
		add_splice(work, g_ptr_array_index(edits, i), flowed && !work->html);
	untangle(work->splices);
	end_lines(work);
	convert_texts(work);
	return known;
}

void
work_clear(struct work *work)
{
	g_ptr_array_unref(work->splices);
	g_string_free(work->decoded, TRUE);
	if (work->raw != NULL)
		g_string_free(work->raw, TRUE);
}
