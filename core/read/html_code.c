/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Both languages can be written in a hundred ways, so what is looked at is a plain form: references decoded, escapes undone, comments,
 * blanks and controls gone, lower case. Most values show by a glance at their bytes that they need none of that.
 */
#include "core/read/html_code.h"

#include <string.h>

#include "core/read/html_entities.h"

/* Of an address no more than this counts: scheme and type. */
#define SCHEME_MAX 64

static const char *const schemes[] = {
	"javascript:", "vbscript:", "livescript:", "mocha:", "jscript:"
};
/* Schemes that only lead to another. */
static const char *const wrappers[] = { "feed:", "view-source:", "jar:", "url:" };

static bool
is_script_type(const char *type, bool image)
{
	size_t length = strcspn(type, ",;");
	g_autofree char *word = g_strndup(type, length);

	if (image && strcmp(word, "image/svg+xml") == 0)
		return false;
	return strstr(word, "html") != NULL || strstr(word, "script") != NULL ||
	       g_str_has_suffix(word, "xml") || g_str_has_suffix(word, "xsl");
}

static bool
is_script_scheme(const char *scheme, bool image)
{
	for (size_t i = 0; i < G_N_ELEMENTS(wrappers); i++) {
		if (g_str_has_prefix(scheme, wrappers[i])) {
			scheme += strlen(wrappers[i]);
			i = (size_t)-1;
		}
	}
	for (size_t i = 0; i < G_N_ELEMENTS(schemes); i++) {
		if (g_str_has_prefix(scheme, schemes[i]))
			return true;
	}
	return g_str_has_prefix(scheme, "data:") && is_script_type(scheme + 5, image);
}

bool
html_code_in_address(const char *value, size_t size, bool image)
{
	char scheme[SCHEME_MAX + 1];
	size_t length = 0, at = 0;

	while (at < size && (unsigned char)value[at] <= ' ')
		at++;
	if (at == size || strchr("jJvVdDlLmMfFuU&", value[at]) == NULL)
		return false;
	g_autoptr(GString) decoded = g_string_sized_new(16);
	while (at < size && length < SCHEME_MAX) {
		size_t taken = 0;

		g_string_truncate(decoded, 0);
		if (value[at] == '&')
			taken = html_reference(value + at, size - at, true, decoded);
		if (taken == 0) {
			g_string_append_c(decoded, value[at]);
			taken = 1;
		}
		at += taken;
		for (size_t i = 0; i < decoded->len && length < SCHEME_MAX; i++) {
			if ((unsigned char)decoded->str[i] > ' ')
				scheme[length++] = g_ascii_tolower(decoded->str[i]);
		}
	}
	scheme[length] = '\0';
	return is_script_scheme(scheme, image);
}

/* --- Styles --- */

/* An escape of CSS at the backslash at `at`: appends its meaning, returns its length. */
static size_t
unescape(const char *bytes, size_t size, size_t at, GString *out)
{
	size_t end = at + 1;
	unsigned code = 0;

	while (end < size && end - at <= 6 && g_ascii_isxdigit(bytes[end]))
		code = code * 16 + (unsigned)g_ascii_xdigit_value(bytes[end++]);
	if (end == at + 1)
		return 1;
	if (end < size && (bytes[end] == ' ' || bytes[end] == '\n' || bytes[end] == '\t'))
		end++;
	if (code > ' ' && code < 0x80)
		g_string_append_c(out, g_ascii_tolower((char)code));
	else if (code >= 0x80)
		g_string_append_c(out, '?');
	return end - at;
}

static GString *
plain_style(const char *bytes, size_t size)
{
	GString *out = g_string_sized_new(size);
	bool closes = true; /* an open comment hides the rest from some browsers, not from all */

	for (size_t at = 0; at < size;) {
		if (closes && bytes[at] == '/' && at + 1 < size && bytes[at + 1] == '*') {
			const char *close = memmem(bytes + at + 2, size - at - 2, "*/", 2);

			closes = close != NULL;
			at = closes ? (size_t)(close - bytes) + 2 : at + 2;
		} else if (bytes[at] == '\\') {
			at += unescape(bytes, size, at, out);
		} else if ((unsigned char)bytes[at] <= ' ') {
			at++;
		} else {
			g_string_append_c(out, g_ascii_tolower(bytes[at++]));
		}
	}
	return out;
}

/* `property` with an address that is not one of the page's own, as behavior:url(#default#VML) is. */
static bool
has_binding(const char *plain, const char *property)
{
	for (const char *at = plain; (at = strstr(at, property)) != NULL; at++) {
		const char *value = at + strlen(property);

		value += strspn(value, "'\"");
		if (*value != '#' && *value != '\0')
			return true;
	}
	return false;
}

static bool
runs_script(const char *plain)
{
	return strstr(plain, "expression(") != NULL || strstr(plain, "javascript:") != NULL ||
	       strstr(plain, "vbscript:") != NULL || has_binding(plain, "behavior:url(") ||
	       has_binding(plain, "-moz-binding:url(");
}

unsigned
html_style_sheet(const char *bytes, size_t size)
{
	GString *plain = plain_style(bytes, size);
	unsigned found = runs_script(plain->str) ? HTML_STYLE_SCRIPT : 0;

	if (strstr(plain->str, "@import") != NULL)
		found |= HTML_STYLE_IMPORT;
	g_string_free(plain, TRUE);
	return found;
}

/* A declaration in its plain form. */
static bool
is_zero(const char *value)
{
	size_t zeros = strspn(value, "0.");

	return value[0] == '0' && !g_ascii_isdigit(value[zeros]);
}

static const struct {
	const char *property, *value; /* NULL: nothing or almost nothing */
	unsigned style;
} conceal[] = {
	{ "display:", "none", HTML_STYLE_HIDDEN },
	{ "visibility:", "hidden", HTML_STYLE_HIDDEN },
	{ "opacity:", NULL, HTML_STYLE_HIDDEN },
	{ "mso-hide:", "all", HTML_STYLE_HIDDEN },
	{ "font-size:", NULL, HTML_STYLE_SMALL },
};

static unsigned
conceals(const char *declaration)
{
	for (size_t i = 0; i < G_N_ELEMENTS(conceal); i++) {
		if (!g_str_has_prefix(declaration, conceal[i].property))
			continue;
		const char *value = declaration + strlen(conceal[i].property);
		if (conceal[i].value == NULL ? is_zero(value)
					     : g_str_has_prefix(value, conceal[i].value))
			return conceal[i].style;
	}
	return 0;
}

/* The text's colour is the ground's: both are given, and in the same words. */
static bool
same_colours(char *const *declarations)
{
	const char *colour = NULL, *ground = NULL;

	for (; *declarations != NULL; declarations++) {
		if (g_str_has_prefix(*declarations, "color:"))
			colour = *declarations + strlen("color:");
		else if (g_str_has_prefix(*declarations, "background:") ||
			 g_str_has_prefix(*declarations, "background-color:"))
			ground = strchr(*declarations, ':') + 1;
	}
	return colour != NULL && ground != NULL && strcmp(colour, ground) == 0;
}

/* Begins with a letter that some property of interest begins with, or can't be told. */
static bool
is_interesting(const char *value, size_t size)
{
	size_t at = 0;

	if (memchr(value, '&', size) != NULL || memchr(value, '\\', size) != NULL ||
	    memmem(value, size, "/*", 2) != NULL)
		return true;
	if (memchr(value, '(', size) != NULL || memchr(value, '\0', size) != NULL)
		return true;
	while (at < size) {
		const char *next;

		while (at < size && (unsigned char)value[at] <= ' ')
			at++;
		if (at == size)
			break;
		const char *word = value + at;
		size_t left = size - at;

		switch (g_ascii_tolower(*word)) {
		case 'd':
		case 'v':
		case 'o':
			return true;
		case 'm':
			if (left > 4 && g_ascii_tolower(word[4]) == 'h')
				return true;
			break;
		case 'f':
			if (left > 5 && g_ascii_tolower(word[5]) == 's' &&
			    memmem(word, left, "0", 1))
				return true;
			break;
		case 'b':
			if (left > 10 && g_ascii_strncasecmp(word, "background", 10) == 0)
				return true;
			break;
		}
		next = memchr(word, ';', left);
		at = next != NULL ? (size_t)(next - value) + 1 : size;
	}
	return false;
}

unsigned
html_style_attribute(const char *value, size_t size)
{
	g_autoptr(GString) decoded = NULL;
	unsigned found = 0;

	if (!is_interesting(value, size))
		return 0;
	decoded = g_string_sized_new(size);
	html_decode(decoded, value, size, HTML_DECODE_REFERENCES | HTML_DECODE_ATTRIBUTE);
	GString *plain = plain_style(decoded->str, decoded->len);
	g_auto(GStrv) declarations = g_strsplit(plain->str, ";", -1);
	for (size_t i = 0; declarations[i] != NULL; i++)
		found |= conceals(declarations[i]);
	if (same_colours(declarations))
		found |= HTML_STYLE_SMALL;
	if (runs_script(plain->str))
		found |= HTML_STYLE_SCRIPT;
	g_string_free(plain, TRUE);
	return found;
}
