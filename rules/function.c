/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MailScanner 5 hands the text of the arguments to its interpreter. Here they are plain words, read
 * once, so nothing in a configuration is ever run as a program.
 */
#include "rules/function.h"

#include <string.h>

#include "rules/kind.h"
#include "rules/value.h"

#define BLANKS " \t"

G_DEFINE_QUARK(function_error, function_error)

static struct {
	function_ask *ask;
	void *data;
} registered;

static bool
fail(GError **error, const char *what, const char *where)
{
	g_set_error(error, FUNCTION_ERROR, FUNCTION_ERROR_SYNTAX,
	    "expected &Name or &Name(arguments): %s at \"%s\"", what, where);
	return false;
}

/* One argument, from its first character; moves behind it. */
static bool
read_argument(const char **at, GStrvBuilder *arguments, GError **error)
{
	const char *start = *at;
	char quote = *start;

	if (quote == '"' || quote == '\'') {
		const char *close = strchr(start + 1, quote);

		if (close == NULL)
			return fail(error, "a quote is not closed", start);
		g_autofree char *argument = g_strndup(start + 1, (size_t)(close - start - 1));
		g_strv_builder_add(arguments, argument);
		*at = close + 1;
		return true;
	}
	size_t length = strcspn(start, ",)\"'");
	g_autofree char *argument = g_strchomp(g_strndup(start, length));
	if (*argument == '\0')
		return fail(error, "an argument is missing", start);
	g_strv_builder_add(arguments, argument);
	*at = start + length;
	return true;
}

/* From the opening parenthesis; moves behind the closing one. */
static bool
read_arguments(const char **at, GStrvBuilder *arguments, GError **error)
{
	*at += 1 + strspn(*at + 1, BLANKS);
	if (**at == ')') {
		++*at;
		return true;
	}
	for (;;) {
		if (!read_argument(at, arguments, error))
			return false;
		*at += strspn(*at, BLANKS);
		if (**at == ')')
			break;
		if (**at != ',')
			return fail(error, "a comma or ) is missing", *at);
		*at += 1 + strspn(*at + 1, BLANKS);
	}
	++*at;
	return true;
}

struct function_use *
function_parse(const char *text, bool *semicolon, GError **error)
{
	g_autoptr(GStrvBuilder) arguments = g_strv_builder_new();
	const char *name = text + 1;
	size_t length = strspn(name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_");
	const char *open = name + length, *at = open;

	if (text[0] != '&' || length == 0 || g_ascii_isdigit(*name)) {
		fail(error, "no name", text);
		return NULL;
	}
	if (*at == '(' && !read_arguments(&at, arguments, error))
		return NULL;
	const char *rest = at + strspn(at, BLANKS);
	*semicolon = *rest == ';';
	rest += *semicolon;
	if (rest[strspn(rest, BLANKS)] != '\0') {
		fail(error, "more text", rest);
		return NULL;
	}
	struct function_use *use = g_new0(struct function_use, 1);
	use->name = g_strndup(name, length);
	use->arguments = g_strv_builder_end(arguments);
	use->text = g_strndup(open, (size_t)(at - open));
	return use;
}

void
function_use_free(struct function_use *use)
{
	if (use == NULL)
		return;
	g_free(use->name);
	g_strfreev(use->arguments);
	g_free(use->text);
	g_free(use);
}

static const struct word_pair {
	const char *inside, *outside;
} word_pairs[] = { { "0", "no" }, { "1", "yes" }, { "2", "virus" }, { "1", "add" },
	{ "2", "replace" }, { "0", "file" }, { "1", "directory" }, { "convert", "disarm" } };

/* The directive's own word for one of MailScanner 5's inside, or the word itself. */
static const char *
external_word(char **known, const char *word)
{
	for (size_t i = 0; i < G_N_ELEMENTS(word_pairs); i++) {
		if (strcmp(word, word_pairs[i].inside) == 0 &&
		    g_strv_contains((const char *const *)known, word_pairs[i].outside))
			return word_pairs[i].outside;
	}
	return word;
}

static const char *
internal_word(char **known, const char *word)
{
	for (size_t i = 0; i < G_N_ELEMENTS(word_pairs); i++) {
		if (strcmp(word, word_pairs[i].outside) == 0 &&
		    g_strv_contains((const char *const *)known, word))
			return word_pairs[i].inside;
	}
	return word;
}

static char *
translate_words(
    const struct table_row *row, const char *text, const char *translate(char **, const char *))
{
	g_auto(GStrv) known = g_strsplit(row->info.words, " ", -1);
	g_auto(GStrv) words = g_strsplit(text, " ", -1);
	GString *translated = g_string_new(NULL);

	for (char **word = words; *word != NULL; word++)
		g_string_append_printf(
		    translated, "%s%s", word == words ? "" : " ", translate(known, *word));
	return g_string_free(translated, FALSE);
}

static bool
is_of_words(const struct table_row *row)
{
	return row->kind == KIND_yesno || row->kind == KIND_enum || row->kind == KIND_loose;
}

char *
function_inner_value(const struct table_row *row, const char *text)
{
	return is_of_words(row) ? translate_words(row, text, internal_word) : g_strdup(text);
}

char *
function_convert(const struct table_row *row, const char *text, char **note, GError **error)
{
	g_autofree char *external =
	    is_of_words(row) ? translate_words(row, text, external_word) : g_strdup(text);
	g_autofree char *kept = kind_convert(row, external, note, error);

	if (kept != NULL && row->match != MATCH_first)
		return value_squeeze(kept);
	return g_steal_pointer(&kept);
}

void
function_register(function_ask *ask, void *data)
{
	registered.ask = ask;
	registered.data = data;
}

enum function_answer
function_call(const struct function_use *use, struct subject *subject, const char **text)
{
	*text = NULL;
	if (registered.ask == NULL)
		return FUNCTION_NO_VALUE;
	return registered.ask(registered.data, use, subject, text);
}
