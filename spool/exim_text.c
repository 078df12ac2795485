/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines are counted only when an error needs the number: a good file never pays for it.
 */
#include "spool/exim_text.h"

#include <errno.h>
#include <string.h>
#include "spool/error.h"

#define EXCERPT 40

bool
exim_text_fail(const struct exim_text *text, size_t at, const char *expected, GError **error)
{
	unsigned line = 1;
	size_t length = MIN(text->length - at, EXCERPT);
	const char *end = memchr(text->text + at, '\n', length);
	g_autofree char *found =
	    g_strndup(text->text + at, end != NULL ? (size_t)(end - text->text) - at : length);
	g_autofree char *shown = g_strescape(found, NULL);

	for (size_t i = 0; i < at; i++)
		line += text->text[i] == '\n';
	errno = 0;
	if (at == text->length)
		return spool_fail(error, SPOOL_ERROR_CORRUPT,
		    "%s line %u: expected %s, found the end of the file", text->file, line,
		    expected);
	return spool_fail(error, SPOOL_ERROR_CORRUPT, "%s line %u: expected %s, found \"%s\"",
	    text->file, line, expected, shown);
}

bool
exim_text_line(struct exim_text *text, struct exim_line *line, const char *expected, GError **error)
{
	const char *start = text->text + text->at;
	const char *end = memchr(start, '\n', text->length - text->at);

	if (end == NULL && text->at < text->length)
		return exim_text_fail(text, text->at, "a line that ends in a newline", error);
	if (end == NULL)
		return exim_text_fail(text, text->at, expected, error);
	if (memchr(start, '\0', (size_t)(end - start)) != NULL)
		return exim_text_fail(text, text->at, "a line without NUL bytes", error);
	line->text = start;
	line->length = (size_t)(end - start);
	text->at += line->length + 1;
	return true;
}

bool
exim_number(const char *digits, size_t length, guint64 most, guint64 *number)
{
	guint64 value = 0;

	if (length == 0)
		return false;
	for (size_t i = 0; i < length; i++) {
		if (!g_ascii_isdigit(digits[i]))
			return false;
		guint64 digit = (guint64)(digits[i] - '0');

		if (digit > most || value > (most - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	*number = value;
	return true;
}
