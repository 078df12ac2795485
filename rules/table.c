/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table is searched from its start for each name. Four hundred comparisons that mostly end at
 * the first letter take microseconds, and no index has to be built, owned and kept in step.
 */
#include "rules/table.h"

#include <string.h>

static const struct table_row rows[] = {
#define READ true, false, NULL
#define IDLE false, false, NULL
#define UNNEEDED(reason) false, false, reason
#define OURS true, true, NULL
#define DIRECTIVE(                                                                          \
    id, name, alias, kind, match, combine, initial, compat, words, group, mark, meaning)    \
	{ { #id, name, alias, meaning, words, initial, compat, #group, mark }, KIND_##kind, \
		MATCH_##match, COMBINE_##combine },
#include "rules/directives.def"
#undef READ
#undef IDLE
#undef UNNEEDED
#undef OURS
};

static const char *const word_texts[] = {
	"",
#define WORD(id, text) text,
#include "rules/directives.def"
};

/* Folded; what ends in "prependsubject" counts as well. */
static const char *const obsolete[] = {
	"clamavmodulemaximumrecursionlevel",
	"clamavmodulemaximumfiles",
	"clamavmodulemaximumfilesize",
	"clamavmodulemaximumcompressionratio",
	"monitorsforclamavupdates",
	"virusscanningbeforespamormcp",
	"senderbadpasswordprotectedarchivereport",
	"notifysendersofblockedpasswordprotectedarchives",
};

const struct table_row *
table_row(enum directive directive)
{
	g_assert(directive < DIRECTIVE_COUNT);
	return &rows[directive];
}

const struct directive_info *
directive_info(enum directive directive)
{
	return &table_row(directive)->info;
}

char *
table_fold(const char *name)
{
	GString *folded = g_string_new(NULL);

	for (const char *c = name; *c; c++)
		if (g_ascii_isalnum(*c))
			g_string_append_c(folded, g_ascii_tolower(*c));
	return g_string_free(folded, FALSE);
}

/* Whether `name` folds to `folded`. */
static bool
folds_to(const char *name, const char *folded)
{
	for (; *name; name++) {
		if (!g_ascii_isalnum(*name))
			continue;
		if (g_ascii_tolower(*name) != *folded)
			return false;
		folded++;
	}
	return *folded == '\0';
}

char *
table_internal_name(enum directive directive)
{
	const struct directive_info *info = directive_info(directive);

	return info->alias[0] ? g_strdup(info->alias) : table_fold(info->name);
}

bool
directive_named(const char *name, enum directive *directive)
{
	g_autofree char *folded = table_fold(name);

	for (unsigned i = 0; i < DIRECTIVE_COUNT && folded[0]; i++)
		if (strcmp(rows[i].info.alias, folded) == 0 ||
		    folds_to(rows[i].info.name, folded)) {
			*directive = (enum directive)i;
			return true;
		}
	return false;
}

bool
table_obsolete(const char *name)
{
	g_autofree char *folded = table_fold(name);

	if (g_str_has_suffix(folded, "prependsubject"))
		return true;
	for (size_t i = 0; i < G_N_ELEMENTS(obsolete); i++)
		if (strcmp(folded, obsolete[i]) == 0)
			return true;
	return false;
}

enum { SUGGEST_LENGTH = 80, SUGGEST_NAMES = 3 };

static unsigned
smallest(unsigned a, unsigned b, unsigned c)
{
	return MIN(MIN(a, b), c);
}

/* How many letters must be added, left out, replaced or exchanged with their neighbour. */
static unsigned
edit_distance(const char *a, const char *b)
{
	unsigned cost[3][SUGGEST_LENGTH + 1];
	size_t a_length = strlen(a), b_length = strlen(b);

	for (size_t j = 0; j <= b_length; j++)
		cost[0][j] = j;
	for (size_t i = 1; i <= a_length; i++) {
		unsigned *row = cost[i % 3], *above = cost[(i + 2) % 3],
			 *before = cost[(i + 1) % 3];

		row[0] = i;
		for (size_t j = 1; j <= b_length; j++) {
			row[j] = smallest(
			    row[j - 1] + 1, above[j] + 1, above[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				row[j] = MIN(row[j], before[j - 2] + 1);
		}
	}
	return cost[a_length % 3][b_length];
}

/* How far a directive's name or alias is from the folded name; more than `farthest` when far. */
static unsigned
distance_of(const struct directive_info *info, const char *folded, size_t farthest)
{
	g_autofree char *name = table_fold(info->name);
	const char *names[] = { name, info->alias };
	unsigned nearest = farthest + 1;

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		size_t length = strlen(names[i]), other = strlen(folded);

		if (length == 0 || length > SUGGEST_LENGTH || length > other + farthest ||
		    other > length + farthest)
			continue;
		nearest = MIN(nearest, edit_distance(folded, names[i]));
	}
	return nearest;
}

char *
table_suggest(const char *name)
{
	g_autofree char *folded = table_fold(name);
	g_autoptr(GString) text = g_string_new(NULL);
	size_t length = strlen(folded), nearest = CLAMP(length / 4, 1, 4);
	unsigned names = 0;

	if (length < 3 || length > SUGGEST_LENGTH)
		return NULL;
	for (unsigned i = 0; i < DIRECTIVE_COUNT; i++) {
		unsigned distance = distance_of(&rows[i].info, folded, nearest);

		if (distance > nearest)
			continue;
		if (distance < nearest || names == 0)
			g_string_truncate(text, names = 0);
		nearest = distance;
		if (names++ < SUGGEST_NAMES)
			g_string_append_printf(
			    text, "%s\"%s\"", text->len ? " or " : "", rows[i].info.name);
	}
	return names ? g_strdup(text->str) : NULL;
}

const char *
table_word_text(enum word word)
{
	g_assert(word < WORD_COUNT);
	return word_texts[word];
}

enum word
table_word(const char *text, size_t length)
{
	for (unsigned i = 1; i < WORD_COUNT; i++)
		if (g_ascii_strncasecmp(text, word_texts[i], length) == 0 &&
		    word_texts[i][length] == '\0')
			return (enum word)i;
	return WORD_NONE;
}
