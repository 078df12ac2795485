/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A dictionary is read flat: of what is in it, only the depth counts. Filters write as they go, so that whoever takes it can stop a bomb.
 */
#include "core/read/pdf_stream.h"

#include <string.h>
#include <zlib.h>

static const struct {
	const char *name;
	enum pdf_filter filter;
} filters[] = {
	{ "FlateDecode", PDF_FLATE },
	{ "Fl", PDF_FLATE },
	{ "ASCIIHexDecode", PDF_HEX },
	{ "AHx", PDF_HEX },
	{ "ASCII85Decode", PDF_85 },
	{ "A85", PDF_85 },
};

enum key { KEY_OTHER, KEY_TYPE, KEY_FILTER, KEY_PARAMETERS, KEY_LENGTH, KEY_FIRST };

static const struct {
	const char *name;
	enum key key;
} keys[] = {
	{ "Type", KEY_TYPE },
	{ "Filter", KEY_FILTER },
	{ "DecodeParms", KEY_PARAMETERS },
	{ "DP", KEY_PARAMETERS },
	{ "Length", KEY_LENGTH },
	{ "First", KEY_FIRST },
};

/* Where in a dictionary it is being read. */
struct place {
	unsigned dictionaries, arrays;
	enum key key;
	bool valued;	/* the key has had its value */
	bool predictor; /* the number of one comes next */
};

static void
add_filter(struct pdf_stream *stream, const char *name)
{
	enum pdf_filter filter = PDF_OTHER;

	for (unsigned i = 0; i < G_N_ELEMENTS(filters); i++) {
		if (strcmp(name, filters[i].name) == 0)
			filter = filters[i].filter;
	}
	if (stream->filter_count < PDF_FILTERS_MAX)
		stream->filters[stream->filter_count++] = filter;
	else
		stream->filters[PDF_FILTERS_MAX - 1] = PDF_OTHER;
}

static enum key
key_of(const char *name)
{
	for (unsigned i = 0; i < G_N_ELEMENTS(keys); i++) {
		if (strcmp(name, keys[i].name) == 0)
			return keys[i].key;
	}
	return KEY_OTHER;
}

static void
take_name(struct pdf_stream *stream, struct place *place, const char *name)
{
	bool top = place->dictionaries == 1;

	if (top && place->arrays == 0 && place->valued) {
		place->key = key_of(name);
		place->valued = false;
		return;
	}
	place->predictor = place->key == KEY_PARAMETERS && strcmp(name, "Predictor") == 0;
	if (!top)
		return;
	stream->embedded |= place->key == KEY_TYPE && strcmp(name, "EmbeddedFile") == 0;
	stream->objects |= place->key == KEY_TYPE && strcmp(name, "ObjStm") == 0;
	if (place->key == KEY_FILTER)
		add_filter(stream, name);
}

static void
take_number(struct pdf_stream *stream, const struct place *place, struct pdf_lexer *lexer)
{
	bool reference = pdf_is_reference(lexer);
	uint32_t number = (uint32_t)lexer->number;

	if (place->key == KEY_PARAMETERS)
		stream->predicted |= reference || (place->predictor && number != 1);
	if (place->dictionaries != 1)
		return;
	if (place->key == KEY_FILTER && reference)
		stream->filter_object = number;
	else if (place->key == KEY_LENGTH && reference)
		stream->length_object = number;
	else if (place->key == KEY_LENGTH)
		stream->length = lexer->number;
	else if (place->key == KEY_FIRST && !reference)
		stream->first = lexer->number;
}

/* Behind the word: the end of its line is no data. */
static const char *
data_begin(const char *p, const char *end)
{
	const char *q = p;

	while (q < end && (*q == ' ' || *q == '\t'))
		q++;
	if (q < end && (*q == '\r' || *q == '\n'))
		p = q;
	if (p < end && *p == '\r')
		return p + (end - p > 1 && p[1] == '\n' ? 2 : 1);
	return p + (p < end && *p == '\n');
}

/* One token. False: it is the end of the dictionary. */
static bool
take_token(
    struct pdf_stream *stream, struct place *place, struct pdf_lexer *lexer, enum pdf_token token)
{
	if (token == PDF_NAME) {
		bool key = place->dictionaries == 1 && place->arrays == 0 && place->valued;

		take_name(stream, place, lexer->text->str);
		place->valued |= !key && place->dictionaries == 1;
		return true;
	}
	if (token == PDF_NUMBER)
		take_number(stream, place, lexer);
	place->dictionaries += token == PDF_DICTIONARY;
	place->arrays += token == PDF_ARRAY;
	place->arrays -= token == PDF_ARRAY_END && place->arrays > 0;
	place->dictionaries -= token == PDF_DICTIONARY_END;
	place->valued = true;
	return place->dictionaries > 0;
}

bool
pdf_stream_read(struct pdf_lexer *lexer, struct pdf_stream *stream)
{
	struct place place = { .dictionaries = 1, .valued = true };
	enum pdf_token token = pdf_next(lexer);

	*stream = (struct pdf_stream){ 0 };
	if (token != PDF_DICTIONARY)
		return false;
	do {
		token = pdf_next(lexer);
		if (token == PDF_END ||
		    (token == PDF_WORD && (strcmp(lexer->text->str, "obj") == 0 ||
					      strcmp(lexer->text->str, "endobj") == 0)))
			return false;
		/* Without the end of its dictionary it is one for some. */
		if (token == PDF_WORD && strcmp(lexer->text->str, "stream") == 0)
			break;
	} while (take_token(stream, &place, lexer, token));
	if (token != PDF_WORD)
		token = pdf_next(lexer);
	if (token != PDF_WORD || !g_str_has_prefix(lexer->text->str, "stream"))
		return false;
	/* Data may begin right behind the word. */
	stream->at = data_begin(lexer->begin + strlen("stream"), lexer->end);
	return true;
}

void
pdf_stream_filters(struct pdf_lexer *lexer, struct pdf_stream *stream)
{
	enum pdf_token token = pdf_next(lexer);

	if (token == PDF_NAME)
		add_filter(stream, lexer->text->str);
	else if (token == PDF_ARRAY)
		while ((token = pdf_next(lexer)) == PDF_NAME)
			add_filter(stream, lexer->text->str);
	else if (strcmp(lexer->text->str, "null") != 0)
		add_filter(stream, "");
}

typedef bool (*taker)(void *data, const void *bytes, size_t length);

static enum pdf_end
decode_flate(const char *bytes, size_t size, size_t *used, taker take, void *data)
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
	taker take;
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

enum pdf_end
pdf_decode(enum pdf_filter filter, const char *bytes, size_t size, size_t *used,
    bool (*take)(void *data, const void *bytes, size_t length), void *data)
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
