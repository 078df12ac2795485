/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What can be written in several ways is written in one first, so that a search for a word finds it however it was written.
 */
#include "core/read/xmltext.h"

#include <stdint.h>
#include <string.h>

/* A character reference like "&#84;" or "&#x54;" to something that is no mark of XML; its length, or 0. */
static size_t
read_reference(const char *at, const char *end, char *c)
{
	bool hex = end - at > 3 && (at[2] == 'x' || at[2] == 'X');
	const char *p = at + (hex ? 3 : 2);
	unsigned value = 0;

	if (end - at < 4 || at[1] != '#')
		return 0;
	for (; p < end && value < 0x80 && (hex ? g_ascii_isxdigit(*p) : g_ascii_isdigit(*p)); p++)
		value = value * (hex ? 16 : 10) + (unsigned)g_ascii_xdigit_value(*p);
	if (p == end || *p != ';' || value < ' ' || value >= 0x7f || strchr("<>\"'&", (int)value))
		return 0;
	*c = (char)value;
	return (size_t)(p + 1 - at);
}

/* What has no tags in it, however it looks: comments and instructions go, quoted text loses its marks. */
static const struct span_kind {
	const char *open, *close;
	bool text;
} span_kinds[] = {
	{ "<!--", "-->", false },
	{ "<![CDATA[", "]]>", true },
	{ "<?", "?>", false },
};

/* The span that begins at `at`, its text written to `to`. What follows it; `at` where none begins. */
static const char *
skip_span(const char *at, const char *end, char **to)
{
	for (unsigned i = 0; i < G_N_ELEMENTS(span_kinds); i++) {
		const struct span_kind *kind = &span_kinds[i];
		size_t length = strlen(kind->open);
		const char *stop;

		if ((size_t)(end - at) < length || memcmp(at, kind->open, length) != 0)
			continue;
		at += length;
		stop = memmem(at, (size_t)(end - at), kind->close, strlen(kind->close));
		/* What has no end is the last thing in the file. */
		length = stop != NULL ? strlen(kind->close) : 0;
		stop = stop != NULL ? stop : end;
		for (; kind->text && at < stop; at++)
			*(*to)++ = strchr("<>\"'\t\r\n", *at) != NULL ? ' ' : *at;
		return stop + length;
	}
	return at;
}

/* What can be written in several ways is written in one: references decoded, white space made blanks. */
static void
make_plain(GString *text)
{
	const char *at = text->str, *end = text->str + text->len;
	char *to = text->str;

	while (at < end) {
		const char *next = *at == '<' ? skip_span(at, end, &to) : at;
		size_t reference = *at == '&' ? read_reference(at, end, to) : 0;

		if (next > at) {
			at = next;
			continue;
		}
		if (reference == 0)
			*to = g_ascii_isspace(*at) ? ' ' : *at;
		at += MAX(reference, 1);
		to++;
	}
	g_string_truncate(text, (gsize)(to - text->str));
}

GString *
xml_plain(const char *bytes, size_t size)
{
	const uint8_t *u = (const uint8_t *)bytes;
	bool little = size >= 4 && ((u[0] == 0xff && u[1] == 0xfe) || (u[0] == '<' && u[1] == 0));
	bool big = size >= 4 && ((u[0] == 0xfe && u[1] == 0xff) || (u[0] == 0 && u[1] == '<'));
	GString *text = g_string_sized_new(size + 1);

	if (!little && !big)
		g_string_append_len(text, bytes, (gssize)size);
	/* Words that are looked for are ASCII; nothing else needs to be kept. */
	for (size_t i = 0; (little || big) && i + 1 < size; i += 2) {
		unsigned c = little ? u[i] | u[i + 1] << 8 : u[i + 1] | u[i] << 8;

		g_string_append_c(text, c < 0x80 ? (char)c : '?');
	}
	make_plain(text);
	return text;
}

const char *
xml_tag_end(const char *tag, const char *end)
{
	char quote = '\0';

	for (; tag < end && (quote != '\0' || *tag != '>'); tag++) {
		if (quote == *tag)
			quote = '\0';
		else if (quote == '\0' && (*tag == '"' || *tag == '\''))
			quote = *tag;
	}
	return tag;
}

bool
xml_attribute(const char *tag, size_t length, const char *name, const char **value, size_t *size)
{
	const char *end = tag + length;
	const char *p = tag;

	while ((p = memmem(p, (size_t)(end - p), name, strlen(name))) != NULL) {
		const char *q = p + strlen(name);
		const char *stop;
		bool begins = p == tag || strchr(" \"':", p[-1]) != NULL;

		p = q;
		if (!begins)
			continue;
		while (q < end && g_ascii_isspace(*q))
			q++;
		if (q == end || *q++ != '=')
			continue;
		while (q < end && g_ascii_isspace(*q))
			q++;
		if (q == end || (*q != '"' && *q != '\''))
			continue;
		stop = memchr(q + 1, *q, (size_t)(end - q - 1));
		*value = q + 1;
		*size = (size_t)((stop != NULL ? stop : end) - q - 1);
		return true;
	}
	return false;
}
