/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The names are a sorted table. A reference is looked up by letting the range of rows that begin like it shrink letter by letter: the
 * longest row that was whole on the way is the one that browsers take, and a run of letters that is no name ends after a few.
 */
#include "core/read/html_entities.h"

#include <string.h>

struct entity {
	char name[HTML_ENTITY_MAX + 1];
	gunichar first, second;
};

static const struct entity entities[] = {
#define ENTITY(name, first, second) { name, first, second },
#include "core/read/html_entities.def"
#undef ENTITY
};

/* What windows-1252 has where Unicode has controls (0x80 to 0x9F), by section 13.2.5.80. */
static const gunichar windows[32] = { 0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
	0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0, 0, 0x2018, 0x2019, 0x201C, 0x201D,
	0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E, 0x0178 };

#define REPLACEMENT 0xFFFDu

static gunichar
numeric_meaning(guint32 number)
{
	if (number == 0 || number > 0x10FFFF || (number >= 0xD800 && number <= 0xDFFF))
		return REPLACEMENT;
	if (number >= 0x80 && number <= 0x9F && windows[number - 0x80] != 0)
		return windows[number - 0x80];
	return number;
}

static size_t
numeric_reference(const char *bytes, size_t size, GString *out)
{
	bool hexadecimal = size > 2 && (bytes[2] == 'x' || bytes[2] == 'X');
	size_t first = hexadecimal ? 3 : 2, at = first;
	guint32 number = 0;

	for (; at < size; at++) {
		int digit =
		    hexadecimal ? g_ascii_xdigit_value(bytes[at]) : g_ascii_digit_value(bytes[at]);

		if (digit < 0)
			break;
		if (number <= 0x10FFFF)
			number = number * (hexadecimal ? 16 : 10) + (guint32)digit;
	}
	if (at == first)
		return 0;
	g_string_append_unichar(out, numeric_meaning(number));
	return at < size && bytes[at] == ';' ? at + 1 : at;
}

/* First row from `low` whose letter at `column` is not below `letter`; all rows agree before that column. */
static size_t
narrow(size_t low, size_t high, size_t column, unsigned letter)
{
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if ((unsigned char)entities[middle].name[column] < letter)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static const struct entity *
longest_name(const char *bytes, size_t size, size_t *length)
{
	size_t low = 0, high = G_N_ELEMENTS(entities);
	const struct entity *found = NULL;

	for (size_t column = 0; column < size && column < HTML_ENTITY_MAX; column++) {
		unsigned letter = (unsigned char)bytes[column];

		if (!g_ascii_isalnum(letter) && letter != ';')
			break;
		low = narrow(low, high, column, letter);
		high = narrow(low, high, column, letter + 1);
		if (low == high)
			break;
		if (entities[low].name[column + 1] == '\0') {
			found = &entities[low];
			*length = column + 1;
		}
	}
	return found;
}

size_t
html_reference(const char *bytes, size_t size, bool attribute, GString *out)
{
	size_t length = 0;

	if (size > 1 && bytes[1] == '#')
		return numeric_reference(bytes, size, out);

	const struct entity *entity = longest_name(bytes + 1, size - 1, &length);

	if (entity == NULL)
		return 0;
	if (attribute && bytes[length] != ';' && length + 1 < size &&
	    (bytes[length + 1] == '=' || g_ascii_isalnum(bytes[length + 1])))
		return 0;
	g_string_append_unichar(out, entity->first);
	if (entity->second != 0)
		g_string_append_unichar(out, entity->second);
	return length + 1;
}

static bool
is_special(char byte)
{
	return byte == '&' || byte == '\r' || byte == '\0';
}

void
html_decode(GString *out, const char *bytes, size_t size, unsigned how)
{
	size_t at = 0;

	while (at < size) {
		size_t plain = at, taken = 1;

		while (plain < size && !is_special(bytes[plain]))
			plain++;
		g_string_append_len(out, bytes + at, (gssize)(plain - at));
		at = plain;
		if (at == size)
			break;
		if (bytes[at] == '\r') {
			g_string_append_c(out, '\n');
			taken = at + 1 < size && bytes[at + 1] == '\n' ? 2 : 1;
		} else if (bytes[at] == '\0' && (how & HTML_DECODE_NUL)) {
			g_string_append_unichar(out, REPLACEMENT);
		} else if (bytes[at] == '&' && (how & HTML_DECODE_REFERENCES)) {
			taken = html_reference(
			    bytes + at, size - at, (how & HTML_DECODE_ATTRIBUTE) != 0, out);
		} else {
			g_string_append_c(out, bytes[at]);
		}
		if (taken == 0) {
			g_string_append_c(out, '&');
			taken = 1;
		}
		at += taken;
	}
}
