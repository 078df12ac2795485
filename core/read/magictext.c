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
	sight->utf8 = (seen & IS_HIGH) != 0 && end == bytes + look;
	if (end != bytes + look)
		convert(sight, bytes, look);
}

void
magictext_clear(struct magicsight *sight)
{
	g_clear_pointer(&sight->converted, g_byte_array_unref);
}

/* Behind a piece in quotes, which ends where an odd number of them stands. */
static const char *
skip_quoted(const char *p, const char *end)
{
	while ((p = memchr(p, '"', (size_t)(end - p))) != NULL) {
		const char *run = p;

		while (p < end && *p == '"')
			p++;
		if ((p - run) % 2 == 1)
			return p;
	}
	return end;
}

/* The commas of a line, but for those in quotes, where lines don't end, either; behind it in `next`. False: it has no end. */
static bool
count_commas(const char *p, const char *end, const char **next, unsigned *commas)
{
	*commas = 0;
	while (p < end && *p != '\n') {
		bool quoted = *p == '"';

		*commas += *p++ == ',';
		if (quoted)
			p = skip_quoted(p, end);
	}
	*next = p + (p < end);
	return p < end;
}

bool
magictext_may_be_csv(const char *bytes, size_t size)
{
	const char *end = bytes + size, *next;
	unsigned first, second;

	return count_commas(bytes, end, &next, &first) && first > 0 &&
	       count_commas(next, end, &next, &second) && second == first;
}

/* What may be something else by its structure, which is looked at before all. */
static bool
may_be_other(const char *bytes, size_t size)
{
	size_t blanks = 0, sum = 148;

	while (blanks < size && g_ascii_isspace(bytes[blanks]))
		blanks++;
	if (blanks < size && (bytes[blanks] == '[' || bytes[blanks] == '{'))
		return true;
	/* The sum in the head of a tar file, in octal. */
	while (sum < MIN(size, 156) && g_ascii_isspace(bytes[sum]))
		sum++;
	if (size >= 512 && bytes[sum] >= '0' && bytes[sum] <= '7')
		return true;
	return magictext_may_be_csv(bytes, size);
}

/* How lines end, and what else libmagic tells of text. */
struct lines {
	size_t crlf, lf, cr, nel, longest;
	size_t length; /* of the line that is being read */
	bool escapes, overstriking, after_cr;
	bool latin, extended; /* characters of an eight-bit set */
};

static void
count_character(struct lines *lines, uint8_t c)
{
	lines->lf += c == '\n' && !lines->after_cr;
	lines->crlf += c == '\n' && lines->after_cr;
	lines->cr += c != '\n' && lines->after_cr;
	lines->nel += c == 0x85;
	lines->after_cr = c == '\r';
	lines->length = c == '\n' || c == '\r' || c == 0x85 ? 0 : lines->length + 1;
	lines->longest = MAX(lines->longest, lines->length);
	lines->escapes |= c == '\033';
	lines->overstriking |= c == '\b';
	lines->latin |= c >= 0xa0;
	lines->extended |= c >= 0x80 && c < 0xa0 && c != 0x85;
}

/* Characters, not bytes. Most are of those of which nothing is told. */
static void
count_lines(const struct magicsight *sight, struct lines *lines)
{
	const uint8_t *p = (const uint8_t *)sight->bytes.bytes;
	const uint8_t *end = p + MIN(sight->bytes.size, LOOK);

	while (p < end) {
		const uint8_t *start = p;

		while (p < end && *p >= ' ' && *p < 0x80)
			p++;
		if (p > start) {
			count_character(lines, *start);
			lines->length += (size_t)(p - start) - 1;
			lines->longest = MAX(lines->longest, lines->length);
		} else if (sight->utf8 && p + 1 < end && p[0] == 0xc2 && p[1] == 0x85) {
			count_character(lines, 0x85);
			p += 2;
		} else if (sight->utf8 && *p >= 0x80) {
			if ((*p & 0xc0) != 0x80)
				count_character(lines, 'x');
			p++;
		} else {
			count_character(lines, *p++);
		}
	}
}

static const char *
name_encoding(const struct magicsight *sight, const struct lines *lines)
{
	if (sight->utf8)
		return "Unicode text, UTF-8";
	if (lines->extended)
		return "Non-ISO extended-ASCII";
	return lines->latin ? "ISO-8859" : "ASCII";
}

static void
name_ends(const struct lines *lines, GString *out)
{
	const struct {
		size_t count;
		const char *name;
	} ends[] = { { lines->crlf, " CRLF" }, { lines->cr, " CR" }, { lines->lf, " LF" },
		{ lines->nel, " NEL" } };
	const char *separator = "";

	/* The usual ones are not worth a word. */
	if (lines->lf > 0 && lines->crlf + lines->cr + lines->nel == 0)
		return;
	g_string_append(out, ", with");
	for (unsigned i = 0; i < G_N_ELEMENTS(ends); i++) {
		if (ends[i].count == 0)
			continue;
		g_string_append(out, separator);
		g_string_append(out, ends[i].name);
		separator = ",";
	}
	g_string_append(out, *separator == '\0' ? " no line terminators" : " line terminators");
}

char *
magictext_describe(const struct magicsight *sight, const char *what)
{
	const size_t long_line = 300;
	g_autoptr(GString) out = g_string_new(what);
	struct lines lines = { .crlf = 0 };

	if (sight->kind != MAGICTEXT_KNOWN || may_be_other(sight->bytes.bytes, sight->bytes.size))
		return NULL;
	/* The words end with that it is text, and go on with what text. */
	if (*what != '\0' && (strchr(what, '%') != NULL || !g_str_has_suffix(what, " text")))
		return NULL;
	if (*what != '\0')
		g_string_overwrite(out, out->len - strlen(" text"), ", ");
	if (*what != '\0')
		g_string_truncate(out, out->len - strlen(" text") + strlen(", "));
	count_lines(sight, &lines);
	if (lines.after_cr)
		return NULL;
	g_string_append_printf(out, "%s text", name_encoding(sight, &lines));
	if (lines.longest > long_line)
		g_string_append_printf(out, ", with very long lines (%zu)", lines.longest);
	name_ends(&lines, out);
	if (lines.escapes)
		g_string_append(out, ", with escape sequences");
	if (lines.overstriking)
		g_string_append(out, ", with overstriking");
	return g_string_free(g_steal_pointer(&out), FALSE);
}
