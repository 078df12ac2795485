/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One function a kind, chosen from a table by the kind. Words are checked one by one even where the
 * directive wants a single one, because MailScanner 5 accepts `yes no` and rules may give it; which
 * of them counts is the business of rules/reduce.c.
 */
#include "rules/kind.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef char *convert_function(
    const struct table_row *row, const char *text, char **note, GError **error);

static const double largest_number = 1e18;

static const char blanks[] = " \t\r\n\f";

G_DEFINE_QUARK(kind_error, kind_error)

static char *fail(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Sets the error and returns NULL, for `return`. */
static char *
fail(GError **error, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list arguments;

	va_start(arguments, format);
	text = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	g_set_error_literal(error, KIND_ERROR, KIND_ERROR_VALUE, text);
	return NULL;
}

static void remark(char **note, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Sets the note, unless there is one already. */
static void
remark(char **note, const char *format, ...)
{
	va_list arguments;

	if (note == NULL || *note)
		return;
	va_start(arguments, format);
	*note = g_strdup_vprintf(format, arguments);
	va_end(arguments);
}

/* "no, yes or virus". The caller's. */
static char *
words_for_people(const char *words)
{
	g_auto(GStrv) all = g_strsplit(words, " ", -1);
	GString *text = g_string_new(NULL);

	for (unsigned i = 0; all[i]; i++)
		g_string_append_printf(
		    text, "%s%s", i == 0 ? "" : (all[i + 1] ? ", " : " or "), all[i]);
	return g_string_free(text, FALSE);
}

/* The words of a value, without empty ones. */
static GStrv
split(const char *text)
{
	g_auto(GStrv) all = g_strsplit_set(text, blanks, -1);
	g_autoptr(GStrvBuilder) words = g_strv_builder_new();

	for (char **word = all; *word; word++)
		if (**word)
			g_strv_builder_add(words, *word);
	return g_strv_builder_end(words);
}

/* As the table spells `word`, NULL when it is not among `words`. Borrowed from `words`. */
static const char *
spelling(char **words, const char *word, size_t length)
{
	for (; *words; words++)
		if (strlen(*words) == length && g_ascii_strncasecmp(*words, word, length) == 0)
			return *words;
	return NULL;
}

static char *
convert_words(const struct table_row *row, const char *text, char **note, GError **error)
{
	g_auto(GStrv) known = g_strsplit(row->info.words, " ", -1);
	g_auto(GStrv) words = split(text);
	g_autofree char *expected = words_for_people(row->info.words);
	GString *kept = g_string_new(NULL);

	(void)note;
	for (char **word = words; *word; word++) {
		size_t length = strlen(*word) - g_str_has_suffix(*word, ",");
		const char *spelt = spelling(known, *word, length);

		if (spelt == NULL && strchr(*word, '@') == NULL) {
			g_string_free(kept, TRUE);
			return fail(error, "expected %s, not \"%s\"", expected, *word);
		}
		g_string_append_printf(kept, "%s%s", kept->len ? " " : "", spelt ? spelt : *word);
	}
	if (kept->len)
		return g_string_free(kept, FALSE);
	g_string_free(kept, TRUE);
	return fail(error, "expected %s, not nothing", expected);
}

/* The first of the words that the text holds anywhere, in any case. */
static const char *
word_within(char **words, const char *text)
{
	g_autofree char *lower = g_ascii_strdown(text, -1);

	for (; *words; words++) {
		g_autofree char *word = g_ascii_strdown(*words, -1);

		if (word[0] && strstr(lower, word))
			return *words;
	}
	return NULL;
}

static char *
convert_loose(const struct table_row *row, const char *text, char **note, GError **error)
{
	g_auto(GStrv) known = g_strsplit(row->info.words, " ", -1);
	g_autofree char *expected = words_for_people(row->info.words);
	const char *spelt = spelling(known, text, strlen(text));

	if (spelt || text[0] == '\0')
		return g_strdup(spelt ? spelt : "");
	spelt = word_within(known, text);
	if (spelt == NULL)
		return fail(error, "expected %s, not \"%s\"", expected, text);
	remark(note, "expected %s; \"%s\" is taken for %s", expected, text, spelt);
	return g_strdup(spelt);
}

/* What k, m, g, ki, mi or gi multiplies by; 1 without any. Moves past it. */
static double
multiplier(const char **text)
{
	static const char letters[] = "kmg";
	const char *letter = **text ? strchr(letters, g_ascii_tolower(**text)) : NULL;
	double factor = 1;
	bool binary;

	if (letter == NULL)
		return factor;
	binary = g_ascii_tolower((*text)[1]) == 'i';
	*text += 1 + binary;
	for (const char *step = letters; step <= letter; step++)
		factor *= binary ? 1024 : 1000;
	return factor;
}

/* Appends one number as a plain decimal. False: it is none, or too large. */
static bool
append_number(GString *kept, const char *word, char **note)
{
	size_t length = strspn(word, "0123456789._-");
	g_auto(GStrv) pieces = NULL;
	g_autofree char *prefix = g_strndup(word, length), *digits = NULL;
	char plain[G_ASCII_DTOSTR_BUF_SIZE], *end;
	const char *rest = word + length;
	double number;

	pieces = g_strsplit(prefix, "_", -1);
	digits = g_strjoinv("", pieces);
	number = g_ascii_strtod(digits, &end);
	if (end == digits || *end)
		return false;
	number *= multiplier(&rest);
	if (number > largest_number || number < -largest_number)
		return false;
	if (*rest)
		remark(note, "\"%s\" is no part of a number and is ignored", rest);
	if (number == (double)(gint64)number)
		g_snprintf(plain, sizeof plain, "%" G_GINT64_FORMAT, (gint64)number);
	else
		g_ascii_formatd(plain, sizeof plain, "%.10g", number);
	g_string_append_printf(kept, "%s%s", kept->len ? " " : "", plain);
	return true;
}

static char *
convert_number(const struct table_row *row, const char *text, char **note, GError **error)
{
	g_auto(GStrv) words = split(text);
	g_autoptr(GString) kept = g_string_new(NULL);

	(void)row;
	for (char **word = words; *word; word++)
		if (!append_number(kept, *word, note))
			return fail(
			    error, "expected a number such as 20, 64k or 2Mi, not \"%s\"", *word);
	return kept->len ? g_strdup(kept->str) : fail(error, "expected a number, not nothing");
}

/* What is wrong with a path to a file, NULL when nothing is. */
static const char *
file_fault(const char *path)
{
	struct stat st;

	if (path[0] != '/')
		return "does not begin with /";
	if (stat(path, &st) != 0)
		return errno == ENOENT ? "does not exist" : g_strerror(errno);
	return S_ISDIR(st.st_mode) ? "is a directory" : NULL;
}

static char *
convert_file(const struct table_row *row, const char *text, char **note, GError **error)
{
	g_auto(GStrv) words = split(text);

	(void)row;
	(void)note;
	if (words[0] == NULL)
		return fail(error, "expected a file, not nothing");
	for (char **word = words; *word; word++) {
		const char *fault = file_fault(*word);

		if (fault)
			return fail(error, "expected a file, but %s %s", *word, fault);
	}
	return g_strjoinv(" ", words);
}

/*
 * A directory that is missing stays the value all the same: it may be on a disk that is not mounted,
 * and mail must not go to another queue or quarantine instead.
 */
static char *
convert_dir(const struct table_row *row, const char *text, char **note, GError **error)
{
	g_auto(GStrv) words = split(text);

	(void)row;
	if (words[0] == NULL)
		return fail(error, "expected a directory, not nothing");
	for (char **word = words; *word; word++) {
		size_t length = strlen(*word);

		if (**word != '/')
			return fail(
			    error, "expected a directory, but %s does not begin with /", *word);
		if (!g_file_test(*word, G_FILE_TEST_EXISTS))
			remark(note, "%s does not exist", *word);
		else if (!g_file_test(*word, G_FILE_TEST_IS_DIR))
			return fail(error, "expected a directory, but %s is none", *word);
		if (length > 1 && (*word)[length - 1] == '/')
			(*word)[length - 1] = '\0';
	}
	return g_strjoinv(" ", words);
}

static char *
convert_path(const struct table_row *row, const char *text, char **note, GError **error)
{
	(void)row;
	(void)note;
	if (text[0] != '/')
		return fail(error, "expected a path that begins with /, not \"%s\"", text);
	return g_strdup(text);
}

static char *
convert_command(const struct table_row *row, const char *text, char **note, GError **error)
{
	g_auto(GStrv) words = split(text);
	const char *fault;

	(void)row;
	(void)note;
	if (words[0] == NULL)
		return fail(error, "expected a command, not nothing");
	fault = file_fault(words[0]);
	if (fault == NULL && access(words[0], X_OK) != 0)
		fault = "can't be executed";
	if (fault)
		return fail(error, "expected a command, but %s %s", words[0], fault);
	return g_strjoinv(" ", words);
}

static char *
convert_mode(const struct table_row *row, const char *text, char **note, GError **error)
{
	size_t length = strlen(text);

	(void)row;
	(void)note;
	if (length == 0 || strspn(text, "01234567") != length || length > 5)
		return fail(error, "expected an octal file mode such as 0660, not \"%s\"", text);
	return g_strdup(text);
}

/* Whether the directive is one of those whose value may be the name of a header. */
static bool
is_header(const struct table_row *row)
{
	g_autofree char *internal = table_internal_name((enum directive)(row - table_row(0)));

	return g_str_has_suffix(internal, "header");
}

/* The value with each run of white space made one '-', when it ends as names of headers do. */
static char *
dashed(char *text)
{
	g_auto(GStrv) words = NULL;

	if (!g_str_has_suffix(text, ":") || strpbrk(text, blanks) == NULL)
		return text;
	words = split(text);
	g_free(text);
	return g_strjoinv("-", words);
}

/* RFC 5322: the name of a header is made of visible ASCII characters without the colon. */
static bool
names_header(const char *text)
{
	size_t length = strlen(text) - g_str_has_suffix(text, ":");

	for (size_t i = 0; i < length; i++)
		if (!g_ascii_isgraph(text[i]) || text[i] == ':')
			return false;
	return length > 0 || text[0] == '\0';
}

static char *
convert_string(const struct table_row *row, const char *text, char **note, GError **error)
{
	g_auto(GStrv) words = g_strsplit(row->info.words, " ", -1);
	g_autofree char *kept = g_strdup(text);

	if (g_str_has_suffix(kept, ","))
		kept[strlen(kept) - 1] = '\0';
	if (is_header(row))
		kept = dashed(g_steal_pointer(&kept));
	if (g_str_has_suffix(row->info.name, " Header") && !names_header(kept))
		return fail(error, "expected the name of a header, not \"%s\"", kept);
	if (words[0] && kept[0] && word_within(words, kept) == NULL) {
		g_autofree char *expected = words_for_people(row->info.words);

		remark(note, "expected %s, found \"%s\"", expected, kept);
	}
	return g_steal_pointer(&kept);
}

static convert_function *const functions[] = {
	[KIND_yesno] = convert_words,
	[KIND_enum] = convert_words,
	[KIND_loose] = convert_loose,
	[KIND_number] = convert_number,
	[KIND_file] = convert_file,
	[KIND_dir] = convert_dir,
	[KIND_path] = convert_path,
	[KIND_command] = convert_command,
	[KIND_mode] = convert_mode,
	[KIND_string] = convert_string,
};

char *
kind_convert(const struct table_row *row, const char *text, char **note, GError **error)
{
	return functions[row->kind](row, text, note, error);
}

bool
kind_blank_is_default(enum kind kind)
{
	switch (kind) {
	case KIND_number:
	case KIND_file:
	case KIND_dir:
	case KIND_path:
	case KIND_command:
	case KIND_mode:
		return true;
	case KIND_yesno:
	case KIND_enum:
	case KIND_loose:
	case KIND_string:
		return false;
	}
	return false;
}
