/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmagic looks at the first 64 KiB. It knows a dozen encodings; three of them are nearly all of mail: ASCII, UTF-8, and bytes of
 * some eight-bit set, which it reads as Latin-1. For these, the text that it tries its entries on is made here; the others (marks of
 * Unicode at the beginning, EBCDIC) are left to it.
 */
#include "core/read/magictext.h"

#include <string.h>

#define LOOK 65536

enum { IS_CONTROL = 1, IS_ASCII = 2, IS_HIGH = 4 };

#define REPEAT_8(x) x, x, x, x, x, x, x, x
#define REPEAT_32(x) REPEAT_8(x), REPEAT_8(x), REPEAT_8(x), REPEAT_8(x)
#define REPEAT_128(x) REPEAT_32(x), REPEAT_32(x), REPEAT_32(x), REPEAT_32(x)

static const uint8_t kinds[256] = { 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 1, 1, REPEAT_8(1), 1,
	1, 1, 2, 1, 1, 1, 1, REPEAT_32(2), REPEAT_32(2), REPEAT_8(2), REPEAT_8(2), REPEAT_8(2), 2,
	2, 2, 2, 2, 2, 2, 1, REPEAT_128(4) };

static unsigned
look_at_bytes(const char *bytes, size_t size)
{
	unsigned seen = 0;

	for (size_t i = 0; i < size; i++)
		seen |= kinds[(uint8_t)bytes[i]];
	return seen;
}

/* Whether it begins like one of the encodings that are told by a mark. */
static bool
begins_with_mark(const char *bytes, size_t size)
{
	static const struct magicview marks[] = { { "\xfe\xff", 2 }, { "\xff\xfe", 2 },
		{ "\0\0\xfe\xff", 4 }, { "\xef\xbb\xbf", 3 }, { "+/v", 3 } };

	for (unsigned i = 0; i < G_N_ELEMENTS(marks); i++) {
		if (size >= marks[i].size && memcmp(bytes, marks[i].bytes, marks[i].size) == 0)
			return true;
	}
	return false;
}

/* Whether a zero stands before what is not zero: those at the end are taken away before the last look. */
static bool
has_inner_zero(const char *bytes, size_t look, size_t size)
{
	const char *zero = memchr(bytes, '\0', look);

	while (size > 0 && bytes[size - 1] == '\0')
		size--;
	return zero != NULL && zero < bytes + size;
}

/* As if it were Latin-1. */
static void
convert(struct magicsight *sight, const char *bytes, size_t size)
{
	sight->converted = g_byte_array_sized_new((guint)(2 * size));
	g_byte_array_set_size(sight->converted, (guint)(2 * size));

	uint8_t *start = sight->converted->data, *out = start;

	for (size_t i = 0; i < size; i++) {
		uint8_t c = (uint8_t)bytes[i];

		if (c < 0x80) {
			*out++ = c;
			continue;
		}
		*out++ = (uint8_t)(0xc0 | c >> 6);
		*out++ = (uint8_t)(0x80 | (c & 0x3f));
	}
	sight->text = (struct magicview){ (const char *)start, (size_t)(out - start) };
}

void
magictext_look(struct magicsight *sight, const char *bytes, size_t size)
{
	size_t look = MIN(size, LOOK);
	const char *end = bytes + look;
	unsigned seen;

	*sight = (struct magicsight){
		.bytes = { bytes, size }, .text = { bytes, look }, .kind = MAGICTEXT_UNKNOWN
	};
	if (begins_with_mark(bytes, size))
		return;
	if (has_inner_zero(bytes, look, size)) {
		sight->kind = MAGICTEXT_NONE;
		return;
	}
	seen = look_at_bytes(bytes, look);
	if ((seen & IS_CONTROL) != 0)
		return;
	/* A sequence that is cut at the end is one to libmagic. */
	if ((seen & IS_HIGH) != 0 && !g_utf8_validate(bytes, (gssize)look, &end) &&
	    bytes + look - end < 4)
		return;
	sight->kind = MAGICTEXT_KNOWN;
	if (end != bytes + look)
		convert(sight, bytes, look);
}

void
magictext_clear(struct magicsight *sight)
{
	g_clear_pointer(&sight->converted, g_byte_array_unref);
}

/* The commas of a line; behind it in `next`. Quotes hide commas and ends of lines. */
static unsigned
count_commas(const char *bytes, const char *end, const char **next, bool *quoted)
{
	const char *line = memchr(bytes, '\n', (size_t)(end - bytes));
	unsigned commas = 0;

	if (line == NULL)
		line = end;
	*quoted = memchr(bytes, '"', (size_t)(line - bytes)) != NULL;
	for (const char *p = bytes; p < line; p++)
		commas += *p == ',';
	*next = line < end ? line + 1 : end;
	return commas;
}

bool
magictext_may_be_csv(const char *bytes, size_t size)
{
	const char *end = bytes + size, *next;
	bool quoted;
	unsigned first = count_commas(bytes, end, &next, &quoted);

	if (quoted)
		return true;
	if (first == 0 || next == end)
		return false;
	return count_commas(next, end, &next, &quoted) == first || quoted;
}
