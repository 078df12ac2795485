/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The reader decodes with GMime, and positions count in what it made of the bytes. So decoding here is GMime's too, malformed
 * bytes included; only encoding is our own, since GMime's neither keeps a line length nor protects the beginnings of lines.
 */
#include "core/act/transfer.h"

#include <string.h>

#include "core/read/base64.h"
#include "core/read/quoted.h"

#define QUOTED_WIDTH 76
#define SEEK_BLOCK 256

static GMimeContentEncoding
mime_encoding(enum transfer transfer)
{
	switch (transfer) {
	case TRANSFER_QUOTED:
		return GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE;
	case TRANSFER_BASE64:
		return GMIME_CONTENT_ENCODING_BASE64;
	case TRANSFER_UUENCODE:
		return GMIME_CONTENT_ENCODING_UUENCODE;
	case TRANSFER_IDENTITY:
		break;
	}
	return GMIME_CONTENT_ENCODING_DEFAULT;
}

enum transfer
transfer_of(const char *encoding)
{
	switch (g_mime_content_encoding_from_string(encoding)) {
	case GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE:
		return TRANSFER_QUOTED;
	case GMIME_CONTENT_ENCODING_BASE64:
		return TRANSFER_BASE64;
	case GMIME_CONTENT_ENCODING_UUENCODE:
		return TRANSFER_UUENCODE;
	default:
		return TRANSFER_IDENTITY;
	}
}

const char *
transfer_name(enum transfer transfer)
{
	switch (transfer) {
	case TRANSFER_QUOTED:
		return "quoted-printable";
	case TRANSFER_BASE64:
		return "base64";
	case TRANSFER_UUENCODE:
		return "x-uuencode";
	case TRANSFER_IDENTITY:
		break;
	}
	return "7bit";
}

GString *
transfer_decode(enum transfer transfer, const char *bytes, size_t size)
{
	GMimeEncoding decoder;
	size_t plain = 0;

	if (transfer == TRANSFER_IDENTITY)
		return g_string_new_len(bytes, (gssize)size);
	g_mime_encoding_init_decode(&decoder, mime_encoding(transfer));
	GString *out = g_string_sized_new(MAX(size, g_mime_encoding_outlen(&decoder, size)) + 8);

	/* GMime is left with what is not plain. */
	if (transfer == TRANSFER_QUOTED)
		plain = quoted_plain(bytes, size, out->str, size, &out->len);
	else if (transfer == TRANSFER_BASE64)
		plain = base64_plain(bytes, size, out->str, &out->len);
	out->len +=
	    g_mime_encoding_flush(&decoder, bytes + plain, size - plain, out->str + out->len);
	out->str[out->len] = '\0';
	return out;
}

static size_t
column_of(const GString *out)
{
	const char *last = out->len > 0 ? memrchr(out->str, '\n', out->len) : NULL;

	return last != NULL ? (size_t)(out->str + out->len - last - 1) : out->len;
}

/* Does a line that begins with this text need its first character hidden? */
static bool
is_hazardous(const char *text, const char *end)
{
	size_t left = (size_t)(end - text);

	return (left >= 2 && memcmp(text, "--", 2) == 0) ||
	       (left >= 5 && memcmp(text, "From ", 5) == 0);
}

static size_t
line_break(const char *text, const char *end)
{
	if (text < end && *text == '\n')
		return 1;
	return end - text >= 2 && text[0] == '\r' && text[1] == '\n' ? 2 : 0;
}

static bool
stands_for_itself(const char *text, const char *end, size_t column)
{
	unsigned char byte = (unsigned char)*text;

	if (byte == ' ' || byte == '\t')
		return text + 1 < end && line_break(text + 1, end) == 0;
	if (byte <= ' ' || byte > '~' || byte == '=')
		return false;
	return column > 0 || !is_hazardous(text, end);
}

void
transfer_quote(GString *out, const char *text, size_t size, const char *line_end)
{
	const char *end = text + size;
	size_t column = column_of(out);

	while (text < end) {
		size_t feed = line_break(text, end);

		if (feed > 0) {
			g_string_append(out, line_end);
			column = 0;
			text += feed;
			continue;
		}
		size_t width = stands_for_itself(text, end, column) ? 1 : 3;

		if (column + width > QUOTED_WIDTH - 1) {
			g_string_append_printf(out, "=%s", line_end);
			column = 0;
			width = stands_for_itself(text, end, column) ? 1 : 3;
		}
		if (width == 1)
			g_string_append_c(out, *text);
		else
			g_string_append_printf(out, "=%02X", (unsigned char)*text);
		column += width;
		text++;
	}
}

void
transfer_base64(GString *out, const char *bytes, size_t size, size_t width, const char *line_end)
{
	g_autofree char *text = g_base64_encode((const guchar *)bytes, size);
	size_t length = strlen(text);

	for (size_t at = 0; at < length; at += width) {
		if (at > 0)
			g_string_append(out, line_end);
		g_string_append_len(out, text + at, (gssize)MIN(width, length - at));
	}
}

/* Bytes up to and with the next line feed. */
static size_t
line_length(const char *bytes, size_t size)
{
	const char *feed = memchr(bytes, '\n', size);

	return feed != NULL ? (size_t)(feed - bytes) + 1 : size;
}

void
transfer_cursor_init(struct transfer_cursor *cursor, const char *bytes, size_t size)
{
	*cursor = (struct transfer_cursor){ .bytes = bytes, .size = size };
	g_mime_encoding_init_decode(&cursor->decoder, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
}

/* What is odd in it is left to GMime, and all behind that. */
static void
seek_plain(struct transfer_cursor *cursor, size_t place)
{
	size_t length;

	if (cursor->odd || cursor->count >= place)
		return;
	cursor->at += quoted_plain(cursor->bytes + cursor->at, cursor->size - cursor->at, NULL,
	    place - cursor->count, &length);
	cursor->count += length;
	cursor->odd = cursor->count < place;
}

bool
transfer_cursor_seek(struct transfer_cursor *cursor, size_t place)
{
	seek_plain(cursor, place);
	g_autoptr(GString) line = g_string_new(NULL);

	while (cursor->at < cursor->size && cursor->count < place) {
		const char *bytes = cursor->bytes + cursor->at;
		size_t length = MIN(cursor->size - cursor->at, SEEK_BLOCK);
		GMimeEncoding before = cursor->decoder;

		g_string_set_size(line, length + 8);
		size_t got = g_mime_encoding_step(&cursor->decoder, bytes, length, line->str);
		if (cursor->count + got < place) {
			cursor->count += got;
			cursor->at += length;
			continue;
		}
		cursor->decoder = before;
		while (cursor->at < cursor->size && cursor->count < place)
			cursor->count += g_mime_encoding_step(
			    &cursor->decoder, cursor->bytes + cursor->at++, 1, line->str);
	}
	return cursor->count == place;
}

/* Characters of a line that is nothing but whole groups; 0 for any other. */
static size_t
whole_groups(const char *line, size_t length)
{
	while (length > 0 && (line[length - 1] == '\n' || line[length - 1] == '\r'))
		length--;
	for (size_t i = 0; i < length; i++) {
		if (!g_ascii_isalnum(line[i]) && line[i] != '+' && line[i] != '/')
			return 0;
	}
	return length % 4 == 0 ? length : 0;
}

struct transfer_cut
transfer_base64_cut(const char *bytes, size_t size, size_t place)
{
	struct transfer_cut cut = { 0, 0, whole_groups(bytes, line_length(bytes, size)) };

	while (cut.encoded < size) {
		const char *line = bytes + cut.encoded;
		size_t length = line_length(line, size - cut.encoded);
		size_t decoded = whole_groups(line, length) / 4 * 3;

		/* What has no line feed is the last line, and goes on. */
		if (decoded == 0 || cut.decoded + decoded > place || line[length - 1] != '\n')
			break;
		cut.encoded += length;
		cut.decoded += decoded;
	}
	if (cut.width == 0 || cut.width > TRANSFER_BASE64_WIDTH)
		cut.width = TRANSFER_BASE64_WIDTH;
	return cut;
}
