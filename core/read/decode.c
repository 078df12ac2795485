/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GMime's decoders never fail: what is no code is skipped, as mail programs do it. */
#include "core/read/decode.h"

#include <gmime/gmime.h>
#include <string.h>
#include "core/read/base64.h"
#include "core/read/coded.h"
#include "core/read/quoted.h"

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

/* `out` has room for outlen() and 8. */
static size_t
decode_by(GMimeContentEncoding name, const char *bytes, size_t size, char *out)
{
	GMimeEncoding decoder;
	size_t length;

	g_mime_encoding_init_decode(&decoder, name);
	length = g_mime_encoding_step(&decoder, bytes, size, out);
	return length + g_mime_encoding_flush(&decoder, "", 0, out + length);
}

/* GMime, too, is left with what is not plain. */
static char *
decode_base64(const char *bytes, size_t size, size_t *length)
{
	char *out = g_malloc(size + 8);
	size_t plain = base64_plain(bytes, size, out, length);

	*length +=
	    decode_by(GMIME_CONTENT_ENCODING_BASE64, bytes + plain, size - plain, out + *length);
	return out;
}

static char *
decode_quoted(const char *bytes, size_t size, size_t *length)
{
	char *out = g_malloc(size + 8);
	size_t plain = quoted_plain(bytes, size, out, size, length);

	*length += decode_by(
	    GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE, bytes + plain, size - plain, out + *length);
	return out;
}

char *
decode(enum encoding encoding, const char *bytes, size_t size, size_t *length)
{
	switch (encoding) {
	case ENCODING_BASE64:
		return decode_base64(bytes, size, length);
	case ENCODING_BASE64_BLOCKS:
		return decode_blocks(bytes, size, length);
	case ENCODING_QUOTED_PRINTABLE:
		return decode_quoted(bytes, size, length);
	case ENCODING_UUENCODE:
		return decode_uu(bytes, size, length);
	case ENCODING_NONE:
	case ENCODING_UNKNOWN:
		break;
	}
	return NULL;
}
