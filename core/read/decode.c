/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GMime's decoders never fail: what is no code is skipped, as mail programs do it. */
#include "core/read/decode.h"

#include <gmime/gmime.h>
#include <string.h>
#include "core/read/coded.h"

static const struct {
	const char *name;
	enum encoding encoding;
} encodings[] = {
	{ "", ENCODING_NONE },
	{ "7bit", ENCODING_NONE },
	{ "8bit", ENCODING_NONE },
	{ "binary", ENCODING_NONE },
	{ "7 bit", ENCODING_NONE },
	{ "8 bit", ENCODING_NONE },
	{ "7-bit", ENCODING_NONE },
	{ "8-bit", ENCODING_NONE },
	{ "7_bit", ENCODING_NONE },
	{ "8_bit", ENCODING_NONE },
	{ "base64", ENCODING_BASE64 },
	{ "quoted-printable", ENCODING_QUOTED_PRINTABLE },
	{ "x-uuencode", ENCODING_UUENCODE },
	{ "uuencode", ENCODING_UUENCODE },
	{ "x-uue", ENCODING_UUENCODE },
	/* Found by its banner, like in any text. */
	{ "binhex", ENCODING_NONE },
	{ "binhex40", ENCODING_NONE },
	{ "mac-binhex", ENCODING_NONE },
	{ "mac-binhex40", ENCODING_NONE },
};

enum encoding
encoding_named(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(encodings); i++) {
		if (strcmp(encodings[i].name, name) == 0)
			return encodings[i].encoding;
	}
	return ENCODING_UNKNOWN;
}

enum encoding
encoding_guessed(const char *value)
{
	g_autofree char *low = g_ascii_strdown(value, -1);

	if (strstr(low, "base64") != NULL || strstr(low, "base 64") != NULL ||
	    strstr(low, "base-64") != NULL)
		return ENCODING_BASE64;
	if (strstr(low, "quoted") != NULL && strstr(low, "printable") != NULL)
		return ENCODING_QUOTED_PRINTABLE;
	return strstr(low, "uue") != NULL ? ENCODING_UUENCODE : ENCODING_UNKNOWN;
}

uint64_t
decode_bound(enum encoding encoding, uint64_t size)
{
	switch (encoding) {
	case ENCODING_BASE64:
	case ENCODING_BASE64_BLOCKS:
	case ENCODING_UUENCODE:
		return size / 4 * 3 + 3;
	case ENCODING_NONE:
	case ENCODING_UNKNOWN:
	case ENCODING_QUOTED_PRINTABLE:
		break;
	}
	return size;
}

static char *
decode_blocks(const char *bytes, size_t size, size_t *length)
{
	char *out = g_malloc(size + 4);
	const char *end = bytes + size;

	*length = 0;
	while (bytes < end) {
		const char *pad = memchr(bytes, '=', (size_t)(end - bytes));
		const char *next = pad != NULL ? pad : end;
		gint state = 0;
		guint save = 0;

		while (next < end && *next == '=')
			next++;
		*length += g_base64_decode_step(
		    bytes, (gsize)(next - bytes), (guchar *)out + *length, &state, &save);
		bytes = next;
	}
	return out;
}

/* From behind the "begin" line, where there is one. */
static char *
decode_uu(const char *bytes, size_t size, size_t *length)
{
	char *out = g_malloc(size + 4);
	const char *end = bytes + size;
	const char *begin = memmem(bytes, size, "begin ", 6);
	const char *line;

	while (begin != NULL && begin > bytes && begin[-1] != '\n')
		begin = memmem(begin + 1, (size_t)(end - begin - 1), "begin ", 6);
	line = begin != NULL ? memchr(begin, '\n', (size_t)(end - begin)) : NULL;
	bytes = line != NULL ? line + 1 : bytes;
	line = memmem(bytes, (size_t)(end - bytes), "\nend", 4);
	*length = coded_uu_decode(bytes, line != NULL ? line + 1 : end, out);
	return out;
}

static char *
decode_by(GMimeContentEncoding name, const char *bytes, size_t size, size_t *length)
{
	GMimeEncoding decoder;
	char *out;

	g_mime_encoding_init_decode(&decoder, name);
	out = g_malloc(g_mime_encoding_outlen(&decoder, size) + 8);
	*length = g_mime_encoding_step(&decoder, bytes, size, out);
	*length += g_mime_encoding_flush(&decoder, "", 0, out + *length);
	return out;
}

char *
decode(enum encoding encoding, const char *bytes, size_t size, size_t *length)
{
	switch (encoding) {
	case ENCODING_BASE64:
		return decode_by(GMIME_CONTENT_ENCODING_BASE64, bytes, size, length);
	case ENCODING_BASE64_BLOCKS:
		return decode_blocks(bytes, size, length);
	case ENCODING_QUOTED_PRINTABLE:
		return decode_by(GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE, bytes, size, length);
	case ENCODING_UUENCODE:
		return decode_uu(bytes, size, length);
	case ENCODING_NONE:
	case ENCODING_UNKNOWN:
		break;
	}
	return NULL;
}

bool
decode_is_rubbish(const char *bytes, size_t size, bool *padded)
{
	static const char alphabet[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	static unsigned char kind[256];
	bool rubbish = false, ended = false;

	*padded = false;
	if (kind['A'] == 0) {
		memset(kind, 1, sizeof(kind));
		for (const char *at = " \t\r\n"; *at != '\0'; at++)
			kind[(unsigned char)*at] = 2;
		kind['='] = 3;
		for (const char *at = alphabet; *at != '\0'; at++)
			kind[(unsigned char)*at] = 4;
	}
	for (size_t i = 0; i < size; i++) {
		unsigned char k = kind[(unsigned char)bytes[i]];

		rubbish |= k == 1;
		ended |= k == 3;
		*padded |= ended && k == 4;
	}
	return rubbish;
}
