/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Filters write as they go, so that whoever takes it can stop a bomb. They pass over what is none of theirs, as readers do.
 */
#include "core/read/pdf_filter.h"

#include <zlib.h>

static enum pdf_end
decode_flate(const char *bytes, size_t size, size_t *used, pdf_taker take, void *data)
{
	z_stream stream = { .next_in = (Bytef *)bytes, .avail_in = (uInt)MIN(size, UINT32_MAX) };
	enum pdf_end end = PDF_WHOLE;
	guint8 piece[16384];
	int answer = Z_OK;

	if (inflateInit(&stream) != Z_OK)
		return PDF_DAMAGED;
	while (answer == Z_OK && end == PDF_WHOLE) {
		stream.next_out = piece;
		stream.avail_out = sizeof piece;
		answer = inflate(&stream, Z_NO_FLUSH);
		if (stream.avail_out < sizeof piece &&
		    !take(data, piece, sizeof piece - stream.avail_out))
			end = PDF_FULL;
	}
	*used = size - stream.avail_in;
	inflateEnd(&stream);
	if (end == PDF_FULL || answer == Z_STREAM_END)
		return end;
	return answer == Z_BUF_ERROR ? PDF_CUT : PDF_DAMAGED;
}

/* Bytes on their way. */
struct piece {
	pdf_taker take;
	void *data;
	size_t length;
	bool full;
	uint8_t bytes[16384];
};

static void
flush(struct piece *piece)
{
	if (piece->length > 0 && !piece->full)
		piece->full = !piece->take(piece->data, piece->bytes, piece->length);
	piece->length = 0;
}

static void
put(struct piece *piece, uint8_t byte)
{
	piece->bytes[piece->length++] = byte;
	if (piece->length == sizeof piece->bytes)
		flush(piece);
}

static enum pdf_end
decode_hex(const char *bytes, size_t size, size_t *used, struct piece *piece)
{
	int high = -1;
	size_t i;

	for (i = 0; i < size && bytes[i] != '>' && !piece->full; i++) {
		int value = g_ascii_xdigit_value(bytes[i]);

		if (value < 0)
			continue;
		if (high >= 0)
			put(piece, (uint8_t)(high * 16 + value));
		high = high >= 0 ? -1 : value;
	}
	if (high >= 0)
		put(piece, (uint8_t)(high * 16));
	*used = i;
	return PDF_WHOLE;
}

/* Five digits of base 85, or fewer at the end, of which `count` - 1 bytes come. */
static void
put_group(struct piece *piece, uint32_t value, unsigned count)
{
	for (unsigned i = count; i < 5; i++)
		value = value * 85 + 84;
	for (unsigned i = 0; i + 1 < count; i++)
		put(piece, (uint8_t)(value >> (24 - 8 * i)));
}

static enum pdf_end
decode_85(const char *bytes, size_t size, size_t *used, struct piece *piece)
{
	uint32_t value = 0;
	unsigned count = 0;
	size_t i = 0;

	while (i < size && g_ascii_isspace(bytes[i]))
		i++;
	if (size - i > 1 && bytes[i] == '<' && bytes[i + 1] == '~')
		i += 2;
	for (; i < size && bytes[i] != '~' && !piece->full; i++) {
		char c = bytes[i];

		if (c == 'z' && count == 0) {
			put_group(piece, 0, 5);
		} else if (c >= '!' && c <= 'u') {
			value = value * 85 + (uint32_t)(c - '!');
			if (++count == 5) {
				put_group(piece, value, 5);
				value = count = 0;
			}
		}
	}
	if (count > 0)
		put_group(piece, value, count);
	*used = i;
	return PDF_WHOLE;
}

/* One filter. `used` is how much of the input was looked at. */
static enum pdf_end
decode(enum pdf_filter filter, const char *bytes, size_t size, size_t *used, pdf_taker take,
    void *data)
{
	struct piece piece = { .take = take, .data = data };
	enum pdf_end end;

	*used = 0;
	if (filter == PDF_OTHER)
		return PDF_DAMAGED;
	if (filter == PDF_FLATE)
		return decode_flate(bytes, size, used, take, data);
	end = filter == PDF_HEX ? decode_hex(bytes, size, used, &piece)
				: decode_85(bytes, size, used, &piece);
	flush(&piece);
	return piece.full ? PDF_FULL : end;
}

static bool
hold(void *data, const void *bytes, size_t length)
{
	GByteArray *held = data;

	if (length > PDF_HELD_MAX - held->len)
		return false;
	g_byte_array_append(held, bytes, (guint)length);
	return true;
}

enum pdf_end
pdf_decode(const enum pdf_filter *filters, unsigned count, const char *bytes, size_t size,
    size_t *used, pdf_taker take, void *data)
{
	g_autoptr(GByteArray) held = NULL;
	enum pdf_end end = PDF_WHOLE;

	*used = 0;
	if (count == 0) {
		*used = size;
		return size == 0 || take(data, bytes, size) ? PDF_WHOLE : PDF_FULL;
	}
	for (unsigned i = 0; i < count && end == PDF_WHOLE; i++) {
		g_autoptr(GByteArray) next = g_byte_array_new();
		bool last = i + 1 == count;
		size_t looked_at;

		end = decode(
		    filters[i], bytes, size, &looked_at, last ? take : hold, last ? data : next);
		*used += looked_at;
		if (end == PDF_FULL && !last)
			return PDF_DAMAGED;
		g_clear_pointer(&held, g_byte_array_unref);
		held = g_steal_pointer(&next);
		bytes = held->len > 0 ? (const char *)held->data : "";
		size = held->len;
	}
	return end;
}
