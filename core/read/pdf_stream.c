/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A dictionary is read flat: of what is in it, only the depth counts.
 */
#include "core/read/pdf_stream.h"

#include <string.h>

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

bool
pdf_stream_is_known(const struct pdf_stream *stream)
{
	bool known = !stream->predicted;

	for (unsigned i = 0; i < stream->filter_count; i++)
		known &= stream->filters[i] != PDF_OTHER;
	return known;
}
