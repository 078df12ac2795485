/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Accessors are called some forty times a message, nearly always for directives with one value for
 * all mail. Those are one load from an array. Rulesets are asked only where there is one.
 */
#include <string.h>

#include "rules/config_data.h"
#include "rules/reduce.h"
#include "rules/returned.h"

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

static void
note_diagnostics(const struct diagnostics *diagnostics, struct subject *subject)
{
	const GPtrArray *list = diagnostics_list(diagnostics);

	for (unsigned i = 0; i < list->len; i++) {
		g_autofree char *text = diagnostic_text(g_ptr_array_index(list, i));

		if (subject)
			subject_add_note(subject, text);
	}
}

/* The ruleset's part of lookup_ask(). */
static void
ask_rules(const struct table_row *row, const struct ruleset *ruleset, struct subject *subject,
    struct answer *answer)
{
	answer->ruleset = ruleset;
	switch (ruleset_match(ruleset, subject, answer->hits)) {
	case RULES_MISS:
		break;
	case RULES_HIT:
		join_hits(row, answer);
		break;
	case RULES_UNKNOWN:
		answer->unknown = true;
		answer->why = g_strdup(subject_doubt(subject));
		break;
	}
}

/* The function's value is the name of a file of rules: they decide, and where none fits their default does. */
static void
ask_returned(const struct config *config, const struct table_row *row, const char *path,
    struct subject *subject, struct answer *answer)
{
	struct diagnostics *diagnostics = diagnostics_new();
	const struct ruleset *ruleset = returned_ruleset(config, row, path, diagnostics);

	note_diagnostics(diagnostics, subject);
	diagnostics_free(diagnostics);
	if (ruleset && subject)
		ask_rules(row, ruleset, subject, answer);
	if (ruleset && !answer->joined && !answer->unknown)
		answer->joined = g_strdup(ruleset_default(ruleset).value);
	if (!ruleset)
		answer->why = g_strdup_printf(
		    "%s: %s can't be used; the default is used", row->info.name, path);
}

static void
take_function_value(const struct config *config, const struct table_row *row,
    const struct function_use *function, const char *text, struct subject *subject,
    struct answer *answer)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *note = NULL;

	if (returned_is_ruleset(row, text)) {
		ask_returned(config, row, text, subject, answer);
		return;
	}
	answer->joined = function_convert(row, text, &note, &error);
	if (answer->joined && !note)
		return;
	answer->why = g_strdup_printf("%s: function %s: %s%s", row->info.name, function->name,
	    error ? error->message : note, error ? "; the default is used" : "");
	if (subject)
		subject_add_note(subject, answer->why);
}

static void
ask_function(const struct config *config, const struct table_row *row,
    const struct function_use *function, struct subject *subject, struct answer *answer)
{
	const char *text;

	switch (function_call(function, subject, &text)) {
	case FUNCTION_VALUE:
		take_function_value(config, row, function, text, subject, answer);
		break;
	case FUNCTION_NO_VALUE:
		break;
	case FUNCTION_UNKNOWN:
		answer->unknown = true;
		answer->why = g_strdup_printf("%s: function %s can't tell: %s", row->info.name,
		    function->name, text ? text : "it doesn't say why");
		if (subject)
			subject_set_doubt(subject, answer->why);
		break;
	}
}

void
lookup_ask(const struct config *config, enum directive directive, struct subject *subject,
    struct answer *answer)
{
	const struct table_row *row = table_row(directive);
	const struct value *value = &config->values[directive];

	answer->hits = g_array_new(FALSE, FALSE, sizeof(struct rule_hit));
	answer->joined = NULL;
	answer->ruleset = NULL;
	answer->why = NULL;
	answer->unknown = false;
	if (row->combine == COMBINE_default_only)
		subject = NULL;
	if (value->function)
		ask_function(config, row, value->function, subject, answer);
	else if (subject)
		ask_rules(row, value->ruleset, subject, answer);
}

char *
config_ask_file(const struct config *config, enum directive directive, struct subject *subject,
    const char *path, struct diagnostics *diagnostics)
{
	const struct table_row *row = table_row(directive);
	const struct ruleset *ruleset = returned_ruleset(config, row, path, diagnostics);
	struct answer answer = { .hits = g_array_new(FALSE, FALSE, sizeof(struct rule_hit)) };
	char *value = NULL;

	if (ruleset && subject)
		ask_rules(row, ruleset, subject, &answer);
	if (ruleset && !answer.unknown) {
		const char *joined = answer.joined ? answer.joined : ruleset_default(ruleset).value;

		value = joined ? reduce_text(row, joined) : NULL;
	}
	lookup_clear(&answer);
	return value;
}

void
lookup_clear(struct answer *answer)
{
	g_array_unref(answer->hits);
	g_free(answer->joined);
	g_free(answer->why);
}

/* The same value for all, whoever asks. */
static bool
is_settled(const struct value *value)
{
	return G_LIKELY(value->ruleset == NULL && value->function == NULL);
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

	return is_settled(value) ? value->number : asked_number(directive, subject);
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

	if (is_settled(value))
		return text;
	lookup_ask(current, directive, subject, &answer);
	if (answer.joined) {
		reduced = reduce_text(table_row(directive), answer.joined);
		text = subject ? subject_keep(subject, reduced) : g_intern_string(reduced);
	}
	lookup_clear(&answer);
	return text;
}
