/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table that says where objects lie is the sender's, and readers that repair files don't believe it, so all places are found at
 * which one may begin, be it in the middle of another or of a stream.
 */
#include "core/read/pdf_scan.h"

#include <string.h>

/* Bytes in front of "obj" among which its number is looked for. */
#define BACK_MAX 512

static bool
is_blank(char c)
{
	return c == '\0' || c == '\t' || c == '\n' || c == '\f' || c == '\r' || c == ' ';
}

static bool
is_delimiter(char c)
{
	return c != '\0' && strchr("()<>[]{}/%", c) != NULL;
}

static bool
is_regular(char c)
{
	return !is_blank(c) && !is_delimiter(c);
}

static void
skip_blanks(struct pdf_lexer *lexer)
{
	while (lexer->at < lexer->end && (is_blank(*lexer->at) || *lexer->at == '%')) {
		if (*lexer->at == '%') {
			while (lexer->at < lexer->end && *lexer->at != '\n' && *lexer->at != '\r')
				lexer->at++;
		} else {
			lexer->at++;
		}
	}
}

static void
add(struct pdf_lexer *lexer, char c)
{
	if (lexer->text->len < PDF_TEXT_MAX)
		g_string_append_c(lexer->text, c);
}

static enum pdf_token
read_name(struct pdf_lexer *lexer)
{
	for (; lexer->at < lexer->end && is_regular(*lexer->at); lexer->at++) {
		const char *p = lexer->at;

		if (*p == '#' && lexer->end - p > 2 && g_ascii_isxdigit(p[1]) &&
		    g_ascii_isxdigit(p[2])) {
			add(lexer,
			    (char)(g_ascii_xdigit_value(p[1]) * 16 + g_ascii_xdigit_value(p[2])));
			lexer->at += 2;
		} else {
			add(lexer, *p);
		}
	}
	return PDF_NAME;
}

/* Behind a backslash in a string. */
static void
read_escape(struct pdf_lexer *lexer)
{
	static const char from[] = "nrtbf", to[] = "\n\r\t\b\f";
	char c = *lexer->at++;
	const char *found = strchr(from, c);
	unsigned value = 0;

	if (c >= '0' && c <= '7') {
		lexer->at--;
		for (unsigned i = 0;
		     i < 3 && lexer->at < lexer->end && *lexer->at >= '0' && *lexer->at <= '7'; i++)
			value = value * 8 + (unsigned)(*lexer->at++ - '0');
		add(lexer, (char)(value & 0xff));
	} else if (c == '\r') {
		lexer->at += lexer->at < lexer->end && *lexer->at == '\n';
	} else if (c != '\n') {
		add(lexer, c != '\0' && found != NULL ? to[found - from] : c);
	}
}

static enum pdf_token
read_string(struct pdf_lexer *lexer)
{
	unsigned depth = 1;

	while (lexer->at < lexer->end) {
		char c = *lexer->at++;

		if (c == '\\' && lexer->at < lexer->end) {
			read_escape(lexer);
			continue;
		}
		depth += c == '(';
		depth -= c == ')';
		if (depth == 0)
			break;
		add(lexer, c);
	}
	return PDF_STRING;
}

static enum pdf_token
read_hex(struct pdf_lexer *lexer)
{
	int high = -1;

	for (; lexer->at < lexer->end && *lexer->at != '>'; lexer->at++) {
		int value = g_ascii_xdigit_value(*lexer->at);

		if (value < 0)
			continue;
		if (high >= 0)
			add(lexer, (char)(high * 16 + value));
		high = high >= 0 ? -1 : value;
	}
	if (high >= 0)
		add(lexer, (char)(high * 16));
	lexer->at += lexer->at < lexer->end;
	return PDF_STRING;
}

/* Digits behind a sign; what is behind a point is passed over. Anything else is a word, which a number ends before. */
static enum pdf_token
read_word(struct pdf_lexer *lexer)
{
	bool number = strchr("+-.0123456789", *lexer->at) != NULL && *lexer->at != '\0';

	for (; lexer->at < lexer->end && is_regular(*lexer->at); lexer->at++) {
		if (number && !g_ascii_isdigit(*lexer->at) && strchr("+-.", *lexer->at) == NULL)
			break;
		add(lexer, *lexer->at);
	}
	if (number)
		lexer->number = g_ascii_strtoll(lexer->text->str, NULL, 10);
	return number ? PDF_NUMBER : PDF_WORD;
}

enum pdf_token
pdf_next(struct pdf_lexer *lexer)
{
	bool twice;
	char c;

	g_string_truncate(lexer->text, 0);
	skip_blanks(lexer);
	lexer->begin = lexer->at;
	if (lexer->at >= lexer->end)
		return PDF_END;
	c = *lexer->at;
	if (is_regular(c))
		return read_word(lexer);
	twice = lexer->end - lexer->at > 1 && lexer->at[1] == c;
	lexer->at++;
	switch (c) {
	case '/':
		return read_name(lexer);
	case '(':
		return read_string(lexer);
	case '<':
		lexer->at += twice;
		return twice ? PDF_DICTIONARY : read_hex(lexer);
	case '>':
		lexer->at += twice;
		return twice ? PDF_DICTIONARY_END : PDF_WORD;
	case '[':
		return PDF_ARRAY;
	case ']':
		return PDF_ARRAY_END;
	default:
		return PDF_WORD;
	}
}

bool
pdf_is_reference(struct pdf_lexer *lexer)
{
	const char *at = lexer->at;
	gint64 number = lexer->number;
	bool is = pdf_next(lexer) == PDF_NUMBER && pdf_next(lexer) == PDF_WORD &&
		  strcmp(lexer->text->str, "R") == 0;

	lexer->number = number;
	if (!is)
		lexer->at = at;
	return is;
}

GString *
pdf_text(const GString *string)
{
	const uint8_t *u = (const uint8_t *)string->str;
	bool big = string->len >= 2 && u[0] == 0xfe && u[1] == 0xff;
	bool little = string->len >= 2 && u[0] == 0xff && u[1] == 0xfe;
	GString *text = g_string_sized_new(string->len);
	bool language = false; /* a code of one, between escapes, which nobody sees */

	if (!big && !little) {
		size_t mark = string->len >= 3 && memcmp(u, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

		return g_string_append_len(text, string->str + mark, (gssize)(string->len - mark));
	}
	for (size_t i = 2; i + 1 < string->len; i += 2) {
		gunichar c = (gunichar)(big ? u[i] << 8 | u[i + 1] : u[i + 1] << 8 | u[i]);

		if (c >= 0xd800 && c < 0xdc00 && i + 3 < string->len) {
			gunichar low =
			    (gunichar)(big ? u[i + 2] << 8 | u[i + 3] : u[i + 3] << 8 | u[i + 2]);

			if (low >= 0xdc00 && low < 0xe000) {
				c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
				i += 2;
			}
		}
		if (c == 0x1b)
			language = !language;
		else if (!language && c != 0)
			g_string_append_unichar(text, g_unichar_validate(c) ? c : 0xfffd);
	}
	return text;
}

/* Back over blanks and comments, but not before `begin`. */
static const char *
skip_back(const char *p, const char *begin)
{
	for (;;) {
		const char *line, *comment;

		while (p > begin && is_blank(p[-1]))
			p--;
		if (p == begin || g_ascii_isdigit(p[-1]))
			return p;
		for (line = p; line > begin && line[-1] != '\n' && line[-1] != '\r'; line--)
			continue;
		comment = memchr(line, '%', (size_t)(p - line));
		if (comment == NULL)
			return p;
		p = comment;
	}
}

/* Back over digits. False: there are none. */
static bool
number_back(const char **p, const char *begin, uint32_t *number)
{
	const char *end = skip_back(*p, begin), *at = end;

	while (at > begin && g_ascii_isdigit(at[-1]))
		at--;
	*p = at;
	*number = 0;
	for (const char *digit = at; digit < end; digit++)
		*number = *number * 10 + (uint32_t)(*digit - '0');
	return at < end;
}

static uint32_t
number_before(const char *p, const char *bytes)
{
	const char *begin = p - MIN(p - bytes, BACK_MAX);
	uint32_t generation, number;

	return number_back(&p, begin, &generation) && number_back(&p, begin, &number) ? number : 0;
}

static bool
find_word(GArray *objects, const char *bytes, size_t size, const char *word, unsigned most)
{
	const char *p = bytes, *end = bytes + size;
	bool counts = strcmp(word, "obj") == 0;

	while ((p = memmem(p, (size_t)(end - p), word, strlen(word))) != NULL) {
		struct pdf_object object = { 0, p + strlen(word), end };

		if (p == bytes || !g_ascii_isalpha(p[-1])) {
			if (objects->len >= most)
				return false;
			object.number = counts ? number_before(p, bytes) : 0;
			g_array_append_val(objects, object);
		}
		p += strlen(word);
	}
	return true;
}

bool
pdf_find_objects(GArray *objects, const char *bytes, size_t size, unsigned most)
{
	return find_word(objects, bytes, size, "obj", most) &&
	       find_word(objects, bytes, size, "trailer", most);
}
