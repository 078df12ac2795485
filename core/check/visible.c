/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text of a link is short and its HTML mostly plain, so this is one pass over bytes; the tables of Unicode are asked only about
 * text beyond ASCII.
 */
#include "core/check/visible.h"

#include <stdbool.h>
#include <string.h>

static const char *const line_tags[] = { "br", "p", "div", "td", "th", "tr", "table", "li", "ul",
	"ol", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "img", "blockquote", "center" };

static const struct {
	const char *name;
	const char *text;
} references[] = {
	{ "amp", "&" },
	{ "lt", "<" },
	{ "gt", ">" },
	{ "quot", "\"" },
	{ "apos", "'" },
	{ "nbsp", " " },
	{ "shy", "" },
	{ "zwj", "" },
	{ "zwnj", "" },
	{ "period", "." },
	{ "comma", "," },
	{ "colon", ":" },
	{ "sol", "/" },
	{ "commat", "@" },
	{ "hyphen", "-" },
	{ "lowbar", "_" },
};

/* Behind the tag or comment that begins at `html`; `line` says whether it separates words. */
static const char *
skip_tag(const char *html, bool *line)
{
	const char *name = html + 1 + (html[1] == '/'), *end;
	char quote = '\0';
	char word[12];
	size_t length = 0;

	*line = false;
	if (g_str_has_prefix(html, "<!--")) {
		end = strstr(html + strlen("<!--"), "-->");
		return end != NULL ? end + strlen("-->") : html + strlen(html);
	}
	for (; length < sizeof(word) - 1 && g_ascii_isalnum(name[length]); length++)
		word[length] = g_ascii_tolower(name[length]);
	word[length] = '\0';
	for (size_t i = 0; i < G_N_ELEMENTS(line_tags); i++)
		*line |= strcmp(word, line_tags[i]) == 0;
	for (end = name; *end != '\0' && (quote != '\0' || *end != '>'); end++) {
		if (quote == *end)
			quote = '\0';
		else if (quote == '\0' && (*end == '"' || *end == '\''))
			quote = *end;
	}
	return *end == '>' ? end + 1 : end;
}

static bool
begins_tag(const char *html)
{
	return *html == '<' && (g_ascii_isalpha(html[1]) || strchr("/!?", html[1]) != NULL) &&
	       html[1] != '\0';
}

/* Decodes "&#46;" or "&#x2e;" at `html` into `out`; returns what is behind it, or NULL where there is none. */
static const char *
decode_number(const char *html, GString *out)
{
	bool hexadecimal = html[2] == 'x' || html[2] == 'X';
	const char *digits = html + 2 + hexadecimal;
	char *end;

	if (!(hexadecimal ? g_ascii_isxdigit(*digits) : g_ascii_isdigit(*digits)))
		return NULL;
	guint64 number = g_ascii_strtoull(digits, &end, hexadecimal ? 16 : 10);
	if (number == 0xa0 || (number < ' ' && number > 0))
		g_string_append_c(out, ' ');
	else if (number > 0 && number <= 0x10ffff && g_unichar_validate((gunichar)number))
		g_string_append_unichar(out, (gunichar)number);
	return *end == ';' ? end + 1 : end;
}

/* The same for names too. */
static const char *
decode_reference(const char *html, GString *out)
{
	if (html[1] == '#')
		return decode_number(html, out);
	for (size_t i = 0; i < G_N_ELEMENTS(references); i++) {
		size_t length = strlen(references[i].name);

		if (g_ascii_strncasecmp(html + 1, references[i].name, length) == 0 &&
		    html[1 + length] == ';') {
			g_string_append(out, references[i].text);
			return html + length + 2;
		}
	}
	return NULL;
}

static bool
is_invisible(gunichar c)
{
	return g_unichar_type(c) == G_UNICODE_FORMAT || c == 0x034f || c == 0x115f || c == 0x3164;
}

/* As people see it, in lower case: for text beyond ASCII. */
static void
fold(GString *text)
{
	g_autofree char *valid = g_utf8_make_valid(text->str, (gssize)text->len);
	g_autofree char *plain = g_utf8_normalize(valid, -1, G_NORMALIZE_NFKC);
	g_autofree char *lower = g_utf8_strdown(plain != NULL ? plain : valid, -1);

	g_string_truncate(text, 0);
	for (const char *c = lower; *c != '\0'; c = g_utf8_next_char(c)) {
		gunichar letter = g_utf8_get_char(c);

		if (g_unichar_isspace(letter))
			g_string_append_c(text, ' ');
		else if (!is_invisible(letter))
			g_string_append_unichar(text, letter);
	}
}

/* "%2e" and the like; %a0 is a blank that nobody sees. */
static const char *
decode_percent(const char *html, GString *out)
{
	int value = g_ascii_xdigit_value(html[1]) * 16 + g_ascii_xdigit_value(html[2]);

	if (value >= ' ' && value < 0x7f)
		g_string_append_c(out, g_ascii_tolower((char)value));
	return html + 3;
}

GString *
visible_text(const char *html)
{
	GString *text = g_string_sized_new(strlen(html) + 1);
	bool ascii = true, line;

	while (*html != '\0') {
		const char *behind = NULL;

		if (begins_tag(html)) {
			behind = skip_tag(html, &line);
			if (line)
				g_string_append_c(text, ' ');
		} else if (*html == '&') {
			behind = decode_reference(html, text);
			ascii &= html[1] != '#';
		} else if (*html == '%' && g_ascii_isxdigit(html[1]) && g_ascii_isxdigit(html[2])) {
			behind = decode_percent(html, text);
		}
		if (behind == NULL) {
			char c = g_ascii_isspace(*html) ? ' ' : g_ascii_tolower(*html);

			ascii &= (unsigned char)c < 0x80;
			g_string_append_c(text, c == '\\' ? '/' : c);
			behind = html + 1;
		}
		html = behind;
	}
	if (!ascii)
		fold(text);
	return text;
}
