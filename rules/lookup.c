/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Accessors are called some forty times a message, nearly always for directives with one value for
 * all mail. Those are one load from an array. Rulesets are asked only where there is one.
 */
#include "rules/config_data.h"
#include "rules/reduce.h"

static struct config *current;

struct config *
config_use(struct config *config)
{
	struct config *before = current;

	current = config;
	return before;
}

const struct config *
config_current(void)
{
	return current;
}

static void
join_hits(const struct table_row *row, struct answer *answer)
{
	GString *joined = g_string_new(NULL);

	for (unsigned i = 0; i < answer->hits->len; i++) {
		const struct rule_hit *hit = &g_array_index(answer->hits, struct rule_hit, i);

		if (row->match != MATCH_first && hit->value[0] == '\0')
			continue;
		if (joined->len)
			g_string_append_c(joined, reduce_separator(row));
		g_string_append(joined, hit->value);
	}
	if (joined->len || row->match == MATCH_first)
		answer->joined = g_string_free(joined, FALSE);
	else
		g_string_free(joined, TRUE);
}

void
lookup_ask(const struct config *config, enum directive directive, struct subject *subject,
    struct answer *answer)
{
	const struct table_row *row = table_row(directive);
	const struct ruleset *ruleset = config->values[directive].ruleset;

	answer->hits = g_array_new(FALSE, FALSE, sizeof(struct rule_hit));
	answer->joined = NULL;
	answer->unknown = false;
	if (subject == NULL || row->combine == COMBINE_default_only)
		return;
	switch (ruleset_match(ruleset, subject, answer->hits)) {
	case RULES_MISS:
		break;
	case RULES_HIT:
		join_hits(row, answer);
		break;
	case RULES_UNKNOWN:
		answer->unknown = true;
		break;
	}
}

void
lookup_clear(struct answer *answer)
{
	g_array_unref(answer->hits);
	g_free(answer->joined);
}

static const struct value *
value_of(enum directive directive)
{
	g_assert(current && directive < DIRECTIVE_COUNT);
	return &current->values[directive];
}

static gint64
asked_number(enum directive directive, struct subject *subject)
{
	struct answer answer;
	gint64 number = current->values[directive].number;

	lookup_ask(current, directive, subject, &answer);
	if (answer.joined)
		number = reduce_number(table_row(directive), answer.joined);
	lookup_clear(&answer);
	return number;
}

gint64
directive_number(enum directive directive, struct subject *subject)
{
	const struct value *value = value_of(directive);

	return G_LIKELY(value->ruleset == NULL) ? value->number : asked_number(directive, subject);
}

bool
directive_yesno(enum directive directive, struct subject *subject)
{
	return directive_number(directive, subject) != 0;
}

enum word
directive_word(enum directive directive, struct subject *subject)
{
	return (enum word)directive_number(directive, subject);
}

const char *
directive_text(enum directive directive, struct subject *subject)
{
	const struct value *value = value_of(directive);
	g_autofree char *reduced = NULL;
	const char *text = value->text;
	struct answer answer;

	if (G_LIKELY(value->ruleset == NULL))
		return text;
	lookup_ask(current, directive, subject, &answer);
	if (answer.joined) {
		reduced = reduce_text(table_row(directive), answer.joined);
		text = subject_keep(subject, reduced);
	}
	lookup_clear(&answer);
	return text;
}
