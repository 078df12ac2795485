/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A file of the site may lack a key, or be lost; the words that are built in have them all, so nobody gets a message that says
 * "foundblockedfilename". What a file says is expanded once, when it is first asked for.
 *
 * A '#' begins a comment only at the beginning of a line, unlike in the configuration: texts hold colours of HTML.
 */
#include "rules/language.h"

#include <string.h>

#include "rules/config_data.h"
#include "rules/directives.h"
#include "rules/loaded.h"
#include "rules/table.h"
#include "rules/textfile.h"

static void
read_line(const struct config *config, GHashTable *texts, struct slice line)
{
	const char *equals = memchr(line.text, '=', line.length);

	if (line.length == 0 || line.text[0] == '#' || equals == NULL)
		return;
	struct slice key = { line.text, (size_t)(equals - line.text) };
	struct slice value = { equals + 1, line.length - key.length - 1 };
	slice_strip(&key);
	slice_strip(&value);
	g_autofree char *name = g_strndup(key.text, key.length);
	g_autofree char *text = g_strndup(value.text, value.length);
	g_hash_table_replace(
	    texts, g_ascii_strdown(name, -1), macros_expand(config->macros, text, false, NULL));
}

/* Key in lower case -> text. */
static GHashTable *
read_words(const struct config *config, struct slice rest)
{
	GHashTable *texts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	struct slice line;

	while (textfile_line(&rest, &line))
		read_line(config, texts, line);
	return texts;
}

static void *
read_file(const struct config *config, const char *path)
{
	size_t length;
	g_autofree char *content = textfile_read(path, &length, NULL);

	if (content == NULL)
		return NULL;
	g_autofree char *text =
	    textfile_utf8(content, length, attachment_encoding_charset_for(NULL));
	return read_words(config, (struct slice){ text, strlen(text) });
}

static void *
read_built_in(const struct config *config, const char *language)
{
	struct slice text;

	text.text = language_built_in(language, &text.length);
	return read_words(config, text);
}

static void
forget_words(void *texts)
{
	g_hash_table_unref(texts);
}

static const char *
text_of_file(struct subject *subject, const char *key)
{
	const char *path = language_strings_for(subject);

	if (path[0] == '\0')
		return NULL;
	GHashTable *texts =
	    loaded_file(config_current(), "language", path, read_file, forget_words);
	if (texts == NULL && subject != NULL) {
		g_autofree char *note =
		    g_strdup_printf("%s: can't be read, built-in words are used", path);

		subject_add_note(subject, note);
	}
	return texts != NULL ? g_hash_table_lookup(texts, key) : NULL;
}

static const char *
text_built_in(struct subject *subject, const char *key)
{
	const char *language = table_word_text(report_language_for(subject));
	GHashTable *texts = loaded_file(
	    config_current(), "built-in language", language, read_built_in, forget_words);

	return g_hash_table_lookup(texts, key);
}

const char *
language_text(struct subject *subject, const char *key)
{
	g_autofree char *lower = g_ascii_strdown(key, -1);
	const char *text = text_of_file(subject, lower);

	if (text == NULL)
		text = text_built_in(subject, lower);
	return text != NULL ? text : key;
}
