/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The same question as the accessors ask, by the same functions, so that what is explained is what
 * is done.
 */
#include <string.h>
#include "rules/config_data.h"
#include "rules/reduce.h"

static void
reason_free(gpointer data)
{
	struct reason *reason = data;

	g_free(reason->file);
	g_free(reason->text);
	g_free(reason);
}

/* Takes `text`. */
static void
add_reason(struct explanation *explanation, enum reason_source source, const char *file,
    unsigned line, char *text)
{
	struct reason *reason = g_new0(struct reason, 1);

	reason->source = source;
	reason->file = g_strdup(file);
	reason->line = line;
	reason->text = text;
	g_ptr_array_add(explanation->reasons, reason);
}

/* Why the value without a message is what it is. */
static void
explain_plain(struct explanation *explanation, const struct value *value)
{
	const struct line *line = value->line;
	struct rule_hit rule = { 0 };

	if (value->ruleset)
		rule = ruleset_default(value->ruleset);
	if (rule.value)
		add_reason(explanation, REASON_RULE_DEFAULT, rule.file, rule.line,
		    ruleset_rule_text(value->ruleset, rule.line));
	else if (line == NULL)
		add_reason(explanation, REASON_DEFAULT, NULL, 0, NULL);
	else if (value->ruleset || value->function || value->refused)
		add_reason(explanation, REASON_DEFAULT, line->file, line->number, line_text(line));
	else
		add_reason(explanation, line->file ? REASON_FILE : REASON_OVERRIDE, line->file,
		    line->number, line_text(line));
}

static void
add_rules(struct explanation *explanation, const struct answer *answer)
{
	for (unsigned i = 0; i < answer->hits->len; i++) {
		const struct rule_hit *hit = &g_array_index(answer->hits, struct rule_hit, i);

		add_reason(explanation, REASON_RULE, hit->file, hit->line,
		    ruleset_rule_text(answer->ruleset, hit->line));
	}
}

static void
explain_function(struct explanation *explanation, const struct value *value,
    const struct table_row *row, const struct answer *answer)
{
	const struct line *line = value->line;

	if (answer->joined) {
		add_reason(explanation, REASON_FUNCTION, line->file, line->number, line_text(line));
		add_rules(explanation, answer);
		g_free(explanation->value);
		explanation->value = reduce_text(row, answer->joined);
	} else if (answer->why && !answer->unknown) {
		add_reason(
		    explanation, REASON_DEFAULT, line->file, line->number, g_strdup(answer->why));
	}
}

static void
explain_hits(
    struct explanation *explanation, const struct table_row *row, const struct answer *answer)
{
	add_rules(explanation, answer);
	g_free(explanation->value);
	explanation->value = reduce_text(row, answer->joined);
	if (answer->hits->len > 1)
		explanation->joined = g_strdup(answer->joined);
}

struct explanation *
config_explain(const struct config *config, enum directive directive, struct subject *subject)
{
	const struct table_row *row = table_row(directive);
	const struct value *value = &config->values[directive];
	struct explanation *explanation = g_new0(struct explanation, 1);
	g_autofree char *initial = reduce_text(row, value->initial);
	struct answer answer = { 0 };

	explanation->value = g_strdup(value->text);
	explanation->reasons = g_ptr_array_new_with_free_func(reason_free);
	explanation->certain = true;
	if (value->ruleset || value->function) {
		lookup_ask(config, directive, subject, &answer);
		if (value->function)
			explain_function(explanation, value, row, &answer);
		else if (answer.joined)
			explain_hits(explanation, row, &answer);
		if (answer.unknown) {
			explanation->certain = false;
			add_reason(explanation, REASON_UNKNOWN, NULL, 0, g_strdup(answer.why));
		}
		lookup_clear(&answer);
	}
	if (explanation->reasons->len == 0 || !explanation->certain)
		explain_plain(explanation, value);
	/* Without a message a ruleset's own default is not all that there is to it. */
	explanation->by_rules = value->ruleset != NULL && subject == NULL;
	explanation->is_default =
	    !explanation->by_rules && strcmp(explanation->value, initial) == 0;
	return explanation;
}

void
explanation_free(struct explanation *explanation)
{
	if (explanation == NULL)
		return;
	g_free(explanation->value);
	g_free(explanation->joined);
	g_ptr_array_unref(explanation->reasons);
	g_free(explanation);
}

const char *
reason_source_name(enum reason_source source)
{
	static const char *const names[] = {
		[REASON_DEFAULT] = "default",
		[REASON_FILE] = "file",
		[REASON_OVERRIDE] = "command line",
		[REASON_RULE] = "rule",
		[REASON_RULE_DEFAULT] = "default rule",
		[REASON_UNKNOWN] = "could not be found out",
		[REASON_FUNCTION] = "function",
	};

	return names[source];
}

char *
reason_text(const struct reason *reason)
{
	GString *text = g_string_new(reason_source_name(reason->source));

	if (reason->file != NULL)
		g_string_append_printf(text, " %s:%u", reason->file, reason->line);
	if (reason->text != NULL && *reason->text != '\0')
		g_string_append_printf(text, ": %s", reason->text);
	g_strdelimit(text->str, "\t\n", ' ');
	return g_string_free(text, FALSE);
}

unsigned
config_line_of(const struct config *config, enum directive directive, const char **file)
{
	const struct line *line = config->values[directive].line;

	*file = line != NULL ? line->file : NULL;
	return *file != NULL ? line->number : 0;
}
