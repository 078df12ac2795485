/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One pass over the text, part after part. Where Exim's own reader would refuse the file, this one
 * does: what we let pass must be readable by the Exim behind us. Where it would read on over
 * something odd (a parent beyond the list, a missing newline), we refuse.
 */
#include "spool/exim_read.h"

#include <string.h>
#include "spool/exim_id.h"
#include "spool/exim_option.h"

#define HEADER_LENGTH_MAX (64 * 1024 * 1024)

static bool
read_name(struct exim_control *control, const char *id, struct exim_text *text, GError **error)
{
	static const char expected[] = "the file's own name";
	struct exim_line line;
	size_t length = strlen(id);

	if (!exim_text_line(text, &line, expected, error))
		return false;
	if (line.length != length + 2 || memcmp(line.text, id, length) != 0 ||
	    memcmp(line.text + length, "-H", 2) != 0)
		return exim_text_fail(text, 0, expected, error);
	control->first_line = text->at;
	return true;
}

/* Takes " NUMBER" off the end of the line; the number may be negative. */
static bool
take_number(struct exim_line *line)
{
	size_t digits = line->length, start;
	guint64 number;

	while (digits > 0 && g_ascii_isdigit(line->text[digits - 1]))
		digits--;
	start = digits > 0 && line->text[digits - 1] == '-' ? digits - 1 : digits;
	if (start == 0 || line->text[start - 1] != ' ' ||
	    !exim_number(line->text + digits, line->length - digits, G_MAXUINT32, &number))
		return false;
	line->length = start - 1;
	return true;
}

static bool
read_origin(struct exim_text *text, GError **error)
{
	static const char expected[] = "login, uid and gid";
	size_t start = text->at;
	struct exim_line line;

	if (!exim_text_line(text, &line, expected, error))
		return false;
	if (!take_number(&line) || !take_number(&line))
		return exim_text_fail(text, start, expected, error);
	return true;
}

static bool
read_sender(struct envelope *envelope, struct exim_text *text, GError **error)
{
	static const char expected[] = "the sender in angle brackets";
	size_t start = text->at;
	struct exim_line line;

	if (!exim_text_line(text, &line, expected, error))
		return false;
	if (line.length < 2 || line.text[0] != '<' || line.text[line.length - 1] != '>')
		return exim_text_fail(text, start, expected, error);
	g_free(envelope->sender);
	envelope->sender = g_strndup(line.text + 1, line.length - 2);
	return true;
}

static bool
read_time(struct envelope *envelope, struct exim_text *text, GError **error)
{
	static const char expected[] = "the time of reception and the number of warnings sent";
	size_t start = text->at, seconds;
	struct exim_line line;
	guint64 received, warnings;

	if (!exim_text_line(text, &line, expected, error))
		return false;

	const char *blank = memchr(line.text, ' ', line.length);

	seconds = blank != NULL ? (size_t)(blank - line.text) : 0;
	if (!exim_number(line.text, seconds, G_MAXINT64, &received) ||
	    !exim_number(blank + 1, line.length - seconds - 1, G_MAXINT32, &warnings))
		return exim_text_fail(text, start, expected, error);
	envelope->received = (gint64)received;
	return true;
}

static bool
read_count(struct exim_text *text, guint64 *count, GError **error)
{
	static const char expected[] =
	    "the number of recipients, 1 to " G_STRINGIFY(EXIM_RECIPIENTS_MAX);
	size_t start = text->at;
	struct exim_line line;

	if (!exim_text_line(text, &line, expected, error))
		return false;
	if (!exim_number(line.text, line.length, EXIM_RECIPIENTS_MAX, count) || *count == 0)
		return exim_text_fail(text, start, expected, error);
	return true;
}

static void
note_recipient(
    struct exim_control *control, struct envelope *envelope, struct exim_recipient *recipient)
{
	g_autofree char *own = g_strndup(recipient->line.text, recipient->line.length);
	g_autofree char *address = g_strndup(own, recipient->address_length);

	recipient->done = exim_tree_has_recipient(control->tree, address);
	if (!recipient->done)
		envelope_add_recipient(envelope, address, own);
	g_array_append_vals(control->recipients, recipient, 1);
}

static bool
read_recipients(
    struct exim_control *control, struct envelope *envelope, struct exim_text *text, GError **error)
{
	struct exim_recipient recipient;
	struct exim_line line;
	guint64 count;

	control->count_start = text->at;
	if (!read_count(text, &count, error))
		return false;
	control->recipients_start = text->at;
	for (guint64 i = 0; i < count; i++) {
		size_t start = text->at;

		if (!exim_text_line(text, &line, "a recipient", error))
			return false;
		if (!exim_recipient_parse(line, &recipient))
			return exim_text_fail(text, start, "a recipient", error);
		if (recipient.parent >= (int)count)
			return exim_text_fail(
			    text, start, "a recipient whose parent is in the list", error);
		note_recipient(control, envelope, &recipient);
	}

	size_t start = text->at;

	if (!exim_text_line(text, &line, "an empty line", error))
		return false;
	if (line.length != 0)
		return exim_text_fail(text, start, "an empty line behind the recipients", error);
	control->header_start = text->at;
	return true;
}

/* Reads "187P text": what is there is a field only if its text begins with no white space (which
 * Exim would skip), ends in a newline, and holds no NUL. */
static bool
read_field(struct header_list *headers, struct exim_text *text, GError **error)
{
	const char *start = text->text + text->at, *flag = start;
	size_t rest = text->length - text->at, digits;
	guint64 length;

	while (flag < start + rest && g_ascii_isdigit(*flag))
		flag++;
	digits = (size_t)(flag - start);
	if (digits < 3 || !exim_number(start, digits, HEADER_LENGTH_MAX, &length) || length == 0 ||
	    rest - digits < 2 || !g_ascii_isprint(flag[0]) || flag[1] != ' ')
		return exim_text_fail(
		    text, text->at, "the length and the flag of a header field", error);

	const char *field = flag + 2;

	if (rest - digits - 2 < length || field[length - 1] != '\n')
		return exim_text_fail(
		    text, text->at, "a header field of this length that ends in a newline", error);
	if (g_ascii_isspace(field[0]) || memchr(field, '\0', length) != NULL)
		return exim_text_fail(text, text->at,
		    "a header field that doesn't begin with a blank and holds no NUL", error);
	header_list_read(headers, field, length, *flag, *flag == '*');
	text->at += digits + 2 + length;
	return true;
}

static bool
read_all(struct exim_control *control, const char *id, struct exim_text *text,
    struct exim_text *journal, struct envelope *envelope, struct header_list *headers,
    GError **error)
{
	if (!read_name(control, id, text, error) || !read_origin(text, error) ||
	    !read_sender(envelope, text, error) || !read_time(envelope, text, error) ||
	    !exim_options_read(control, envelope, text, error))
		return false;
	control->tree_start = text->at;
	if (!exim_tree_read(control->tree, text, error) ||
	    (journal != NULL && !exim_tree_read_journal(control->tree, journal, error)) ||
	    !read_recipients(control, envelope, text, error))
		return false;
	while (text->at < text->length) {
		if (!read_field(headers, text, error))
			return false;
	}
	return true;
}

struct exim_control *
exim_control_read(const char *file, const char *id, char *text, size_t length,
    struct exim_text *journal, struct envelope **envelope, struct header_list **headers,
    GError **error)
{
	struct exim_control *control = g_new0(struct exim_control, 1);
	struct exim_text reader = { .file = file, .text = text, .length = length };

	control->text = text;
	control->length = length;
	control->body_options = g_array_new(FALSE, FALSE, sizeof(struct exim_body_option));
	control->tree = exim_tree_new();
	control->recipients = g_array_new(FALSE, FALSE, sizeof(struct exim_recipient));
	*envelope = envelope_new();
	*headers = header_list_new();
	if (read_all(control, id, &reader, journal, *envelope, *headers, error))
		return control;
	g_clear_pointer(envelope, envelope_free);
	g_clear_pointer(headers, header_list_free);
	exim_control_free(control);
	return NULL;
}

void
exim_control_free(struct exim_control *control)
{
	if (control == NULL)
		return;
	g_free(control->text);
	g_array_unref(control->body_options);
	exim_tree_free(control->tree);
	g_array_unref(control->recipients);
	g_free(control);
}
