/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In MailScanner 5 each consumer looks for words in the joined text in its own way. Here the words
 * become a set first, and each way of reducing is a question to the set, so a rule that gives two
 * words and two rules that give one each can't differ.
 */
#include "rules/reduce.h"

#include <stdlib.h>
#include <string.h>

G_STATIC_ASSERT(WORD_COUNT <= 64);

static bool
holds(guint64 set, enum word word)
{
	return set >> word & 1;
}

/* The words of the text as a set; WORD_NONE stands for any that is unknown. */
static guint64
words_of(const char *text)
{
	guint64 set = 0;

	while (*text) {
		size_t length = strcspn(text, " ");

		if (length)
			set |= G_GUINT64_CONSTANT(1) << table_word(text, length);
		text += length + (text[length] == ' ');
	}
	return set;
}

/* The last word of the list that is in the set. */
static enum word
strongest(const char *list, guint64 set)
{
	enum word found = WORD_NONE;

	while (*list) {
		size_t length = strcspn(list, " ");
		enum word word = table_word(list, length);

		if (holds(set, word))
			found = word;
		list += length + (list[length] == ' ');
	}
	return found;
}

static bool
reduce_yesno(enum combine combine, guint64 set)
{
	if (combine == COMBINE_no_no)
		return !holds(set, WORD_no);
	if (combine == COMBINE_only_yes)
		return holds(set, WORD_yes) && !holds(set, WORD_no);
	return holds(set, WORD_yes);
}

static enum word
reduce_word(const struct table_row *row, const char *joined)
{
	guint64 set = words_of(joined);

	if (row->combine == COMBINE_tnef && holds(set, WORD_replace) && holds(set, WORD_no))
		return WORD_add;
	if (row->combine == COMBINE_tnef)
		return strongest("no replace add", set);
	return strongest(row->info.words, set);
}

/* Treat Invalid Watermarks: the harshest of its words, wherever it stands, else a number. */
static char *
reduce_watermark(const char *joined)
{
	static const char *const words[] = { "delete", "high", "spam" };
	g_autofree char *lower = g_ascii_strdown(joined, -1);
	const char *digit = strpbrk(lower, "0123456789");

	for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
		if (strstr(lower, words[i]))
			return g_strdup(words[i]);
	return digit ? g_strndup(digit, strspn(digit, "0123456789.")) : g_strdup("nothing");
}

char
reduce_separator(const struct table_row *row)
{
	return row->combine == COMBINE_join_comma ? ',' : ' ';
}

gint64
reduce_number(const struct table_row *row, const char *joined)
{
	switch (row->kind) {
	case KIND_yesno:
		return reduce_yesno(row->combine, words_of(joined));
	case KIND_enum:
	case KIND_loose:
		return reduce_word(row, joined);
	case KIND_number:
		return g_ascii_strtoll(joined, NULL, 10);
	case KIND_file:
	case KIND_dir:
	case KIND_path:
	case KIND_command:
	case KIND_mode:
	case KIND_string:
		return 0;
	}
	return 0;
}

char *
reduce_text(const struct table_row *row, const char *joined)
{
	switch (row->kind) {
	case KIND_yesno:
		return g_strdup(reduce_number(row, joined) ? "yes" : "no");
	case KIND_enum:
	case KIND_loose:
		return g_strdup(table_word_text((enum word)reduce_number(row, joined)));
	case KIND_number:
		return g_strndup(joined, strcspn(joined, " "));
	case KIND_file:
	case KIND_dir:
	case KIND_path:
	case KIND_command:
	case KIND_mode:
	case KIND_string:
		break;
	}
	return row->combine == COMBINE_watermark ? reduce_watermark(joined) : g_strdup(joined);
}
