/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines are stretches of the file's text, never copies: a ruleset may have a million.
 */
#include "rules/textfile.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

char *
textfile_read(const char *path, size_t *length, GError **error)
{
	g_autoptr(GError) failure = NULL;
	struct stat st;
	char *text = NULL;

	if (stat(path, &st) != 0) {
		g_set_error_literal(
		    error, G_FILE_ERROR, (int)g_file_error_from_errno(errno), g_strerror(errno));
	} else if (!S_ISREG(st.st_mode)) {
		g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "not a plain file");
	} else if (st.st_size > (off_t)TEXTFILE_LIMIT) {
		g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "too large");
	} else if (!g_file_get_contents(path, &text, length, &failure)) {
		g_set_error_literal(error, failure->domain, failure->code,
		    failure->code == G_FILE_ERROR_ACCES ? g_strerror(EACCES) : failure->message);
	}
	return text;
}

char *
textfile_utf8(const char *text, size_t length, const char *charset)
{
	const char *const tried[] = { charset, "WINDOWS-1252", "ISO-8859-1" };

	length = strnlen(text, length);
	if (g_utf8_validate(text, (gssize)length, NULL))
		return g_strndup(text, length);
	for (size_t i = 0; i < G_N_ELEMENTS(tried); i++) {
		bool is_latin = i == 0 && g_ascii_strcasecmp(charset, "ISO-8859-1") == 0;
		char *utf8 =
		    is_latin ? NULL
			     : g_convert(text, (gssize)length, "UTF-8", tried[i], NULL, NULL, NULL);

		if (utf8 != NULL)
			return utf8;
	}
	return g_utf8_make_valid(text, (gssize)length);
}

bool
textfile_line(struct slice *rest, struct slice *line)
{
	if (rest->length == 0)
		return false;
	const char *end = memchr(rest->text, '\n', rest->length);
	*line = *rest;
	if (end)
		line->length = (size_t)(end - rest->text);
	size_t used = line->length + (end != NULL);
	rest->text += used;
	rest->length -= used;
	return true;
}

void
slice_strip(struct slice *slice)
{
	while (slice->length > 0 && g_ascii_isspace(slice->text[0])) {
		slice->text++;
		slice->length--;
	}
	while (slice->length > 0 && g_ascii_isspace(slice->text[slice->length - 1]))
		slice->length--;
}

struct slice
slice_word(struct slice *rest)
{
	struct slice word = { rest->text, 0 };

	while (word.length < rest->length && !g_ascii_isspace(word.text[word.length]))
		word.length++;
	rest->text += word.length;
	rest->length -= word.length;
	while (rest->length > 0 && g_ascii_isspace(rest->text[0])) {
		rest->text++;
		rest->length--;
	}
	return word;
}

bool
slice_is(struct slice slice, const char *word)
{
	return slice.length == strlen(word) &&
	       g_ascii_strncasecmp(slice.text, word, slice.length) == 0;
}

#define SHOWN_LIMIT 100

char *
slice_shown(struct slice slice)
{
	GString *shown = g_string_new_len(slice.text, (gssize)MIN(slice.length, SHOWN_LIMIT));

	for (gsize i = 0; i < shown->len; i++) {
		if (g_ascii_iscntrl(shown->str[i]))
			shown->str[i] = '?';
	}
	if (slice.length > SHOWN_LIMIT)
		g_string_append(shown, "...");
	return g_string_free(shown, FALSE);
}
