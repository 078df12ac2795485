/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A decoder of our own: this runs in the worker, where no library that parses mail is called, and an encoded word is a
 * charset, a letter and some base64 or quoted-printable.
 */
#include "core/message/subject_line.h"

#include <string.h>

#define WORD_MAX 1000 /* bytes of an encoded word; RFC 2047 has 75 */

/* "=?charset?X?text?=" at `text`: its end, and the pieces. NULL when it is none. */
static const char *
find_word(const char *text, const char **charset_end, const char **code)
{
	const char *question = memchr(text + 2, '?', strnlen(text + 2, WORD_MAX));

	if (question == NULL || question == text + 2 || question[1] == '\0' || question[2] != '?')
		return NULL;
	*charset_end = question;
	*code = question + 3;
	/* No further than a word can be, so that many beginnings without an end cost little. */
	const char *end = g_strstr_len(*code, WORD_MAX, "?=");
	if (end == NULL)
		return NULL;
	for (const char *c = *code; c < end; c++) {
		if (*c == ' ' || *c == '?')
			return NULL;
	}
	return end;
}

static GString *
decode_quoted(const char *code, const char *end)
{
	GString *bytes = g_string_new(NULL);

	for (; code < end; code++) {
		if (*code == '=' && code + 2 < end + 0 && g_ascii_isxdigit(code[1]) &&
		    g_ascii_isxdigit(code[2])) {
			g_string_append_c(bytes, (char)(g_ascii_xdigit_value(code[1]) << 4 |
							g_ascii_xdigit_value(code[2])));
			code += 2;
		} else {
			g_string_append_c(bytes, *code == '_' ? ' ' : *code);
		}
	}
	return bytes;
}

static GString *
decode_base64(const char *code, const char *end)
{
	g_autofree char *text = g_strndup(code, (size_t)(end - code));
	size_t length;
	g_autofree guchar *bytes = g_base64_decode(text, &length);

	return g_string_new_len((const char *)bytes, (gssize)length);
}

/* Appends the decoded word; false when its charset is unknown. */
static bool
add_word(GString *out, const char *text, const char *charset_end, const char *code, const char *end)
{
	g_autofree char *charset = g_strndup(text + 2, (size_t)(charset_end - text - 2));
	char letter = g_ascii_toupper(charset_end[1]);

	if (letter != 'B' && letter != 'Q')
		return false;
	charset[strcspn(charset, "*")] = '\0'; /* a language, RFC 2231 section 5 */
	g_autoptr(GString) bytes =
	    letter == 'B' ? decode_base64(code, end) : decode_quoted(code, end);
	size_t length;
	g_autofree char *utf8 = g_convert_with_fallback(
	    bytes->str, (gssize)bytes->len, "UTF-8", charset, "?", NULL, &length, NULL);

	if (utf8 == NULL)
		return false;
	g_string_append_len(out, utf8, (gssize)length);
	return true;
}

/* Decodes, with a blank for each tab. */
static GString *
decode(const char *value)
{
	GString *out = g_string_new(NULL);
	size_t behind_word =
	    0; /* length of `out` behind the last word, where only blanks follow; else 0 */

	for (const char *c = value; *c != '\0';) {
		const char *charset_end, *code;
		const char *end =
		    strncmp(c, "=?", 2) == 0 ? find_word(c, &charset_end, &code) : NULL;
		size_t before = out->len;

		/* Blanks between two words are not shown (RFC 2047 section 6.2). */
		if (end != NULL && behind_word > 0)
			g_string_truncate(out, behind_word);
		if (end != NULL && add_word(out, c, charset_end, code, end)) {
			behind_word = out->len;
			c = end + 2;
			continue;
		}
		if (end != NULL && out->len < before)
			g_string_append_c(out, ' ');
		if (strchr(" \t\n", *c) == NULL)
			behind_word = 0;
		g_string_append_c(out, *c == '\t' ? ' ' : *c);
		c++;
	}
	return out;
}

char *
subject_line_decode(const char *value)
{
	g_autoptr(GString) out = decode(value);

	return g_utf8_make_valid(out->str, (gssize)out->len);
}

char *
subject_line_text(const struct header_list *headers)
{
	g_autofree char *value = header_list_value(headers, "Subject");
	g_autoptr(GString) out = decode(value != NULL ? value : "");

	g_string_truncate(out, MIN(out->len, SUBJECT_LINE_MAX));
	return g_utf8_make_valid(out->str, (gssize)out->len);
}

/* Bytes of text for one word: 45 give 60 of base64, which with the rest stays below 75. */
#define WORD_BYTES 45

char *
subject_line_encode(const char *text)
{
	g_autofree char *valid = g_utf8_make_valid(text, -1);
	GString *out = g_string_new(NULL);

	if (g_str_is_ascii(valid))
		return g_string_free(out, TRUE), g_steal_pointer(&valid);
	for (const char *c = valid; *c != '\0';) {
		const char *end = c;

		while (*end != '\0' && g_utf8_next_char(end) - c <= WORD_BYTES)
			end = g_utf8_next_char(end);
		g_autofree char *code = g_base64_encode((const guchar *)c, (size_t)(end - c));
		g_string_append_printf(out, "%s=?UTF-8?B?%s?=", out->len > 0 ? "\n " : "", code);
		c = end;
	}
	return g_string_free(out, FALSE);
}
