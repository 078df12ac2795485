/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A directive has its default first, and keeps it unless the line that sets it can be used as a
 * whole. So no mistake in a file leaves a directive without a value, and none stops mail.
 */
#include "rules/value.h"

#include <string.h>
#include "rules/classify.h"
#include "rules/kind.h"
#include "rules/reduce.h"

/* For the rules of one directive's ruleset. */
struct conversion {
	const struct config *config;
	const struct table_row *row;
	const char *path;
	struct diagnostics *diagnostics;
};

char *
value_expand(const struct config *config, const struct table_row *row, const char *text,
    const char *file, unsigned line, struct diagnostics *diagnostics)
{
	g_autoptr(GPtrArray) missing = g_ptr_array_new_with_free_func(g_free);
	bool again = row && row->kind == KIND_string;
	char *expanded = macros_expand(config->macros, text, again, missing);

	for (unsigned i = 0; i < missing->len; i++)
		diagnostics_add(diagnostics, SEVERITY_WARNING, file, line,
		    row ? row->info.name : NULL, "%s is not defined and stands for nothing",
		    (const char *)missing->pdata[i]);
	return expanded;
}

static void
set_text(struct value *value, const struct table_row *row, const char *text)
{
	char *joined = g_strdup(text);

	g_free(value->joined);
	g_free(value->text);
	value->joined = joined;
	value->text = reduce_text(row, joined);
	value->number = reduce_number(row, joined);
}

/* The default, made ready like any other value, but that its files need not exist. */
static char *
initial_text(struct config *config, const struct table_row *row, struct diagnostics *diagnostics)
{
	bool compat = config->values[DIRECTIVE_profile].number == WORD_compat;
	const char *written = compat ? row->info.compat : row->info.initial;
	g_autofree char *expanded = macros_expand(config->macros, written, true, NULL);
	g_autoptr(GError) error = NULL;
	char *text;

	if (row->kind != KIND_string)
		return g_steal_pointer(&expanded);
	text = kind_convert(row, expanded, NULL, &error);
	if (text)
		return text;
	diagnostics_add(diagnostics, SEVERITY_WARNING, NULL, 0, row->info.name,
	    "%s, which comes from the macros in its default \"%s\"; \"%s\" is used", error->message,
	    written, row->info.compat);
	return g_strdup(row->info.compat);
}

static void
settle_plain(struct value *value, const struct table_row *row, const char *text,
    struct diagnostics *diagnostics)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *note = NULL;
	g_autofree char *kept = kind_convert(row, text, &note, &error);
	const struct line *line = value->line;

	if (kept)
		set_text(value, row, kept);
	else if (strcmp(text, value->text) == 0)
		diagnostics_add(diagnostics, SEVERITY_WARNING, line->file, line->number,
		    row->info.name, "%s", error->message);
	else
		diagnostics_add(diagnostics, SEVERITY_WARNING, line->file, line->number,
		    row->info.name, "%s; the default \"%s\" is used", error->message, value->text);
	if (note)
		diagnostics_add(diagnostics, SEVERITY_WARNING, line->file, line->number,
		    row->info.name, "%s", note);
	value->refused = kept == NULL;
}

char *
value_squeeze(const char *text)
{
	g_auto(GStrv) words = g_strsplit_set(text, " \t\r\n\f", -1);
	GString *kept = g_string_new(NULL);

	for (char **word = words; *word; word++)
		if (**word)
			g_string_append_printf(kept, "%s%s", kept->len ? " " : "", *word);
	return g_string_free(kept, FALSE);
}

/* The convert() of struct ruleset_use. */
static char *
convert_rule(const char *text, bool is_default, void *data, GError **error)
{
	const struct conversion *conversion = data;
	const struct table_row *row = conversion->row;
	g_autofree char *note = NULL, *kept = NULL;
	g_autofree char *expanded = value_expand(
	    conversion->config, row, text, conversion->path, 0, conversion->diagnostics);

	(void)is_default;
	kept = kind_convert(row, expanded, &note, error);
	if (note)
		diagnostics_add(conversion->diagnostics, SEVERITY_WARNING, conversion->path, 0,
		    row->info.name, "%s", note);
	if (kept && row->match != MATCH_first)
		return value_squeeze(kept);
	return g_steal_pointer(&kept);
}

struct ruleset *
value_load_ruleset(const struct config *config, const struct table_row *row, const char *path,
    struct diagnostics *diagnostics)
{
	struct conversion conversion = { config, row, path, diagnostics };
	struct ruleset_use use = {
		.directive = row->info.name,
		.all = row->match != MATCH_first,
		.wildcard_recipients =
		    config->values[DIRECTIVE_use_default_rules_with_multiple_recipients].number,
		.convert = convert_rule,
		.data = &conversion,
	};

	return ruleset_load(path, &use, diagnostics);
}

static void
load_ruleset(struct config *config, struct value *value, const struct table_row *row,
    const char *path, struct diagnostics *diagnostics)
{
	value->ruleset = value_load_ruleset(config, row, path, diagnostics);
	if (value->ruleset && ruleset_default(value->ruleset).value)
		set_text(value, row, ruleset_default(value->ruleset).value);
}

static void
settle_ruleset(struct config *config, struct value *value, const struct table_row *row,
    const char *path, struct diagnostics *diagnostics)
{
	const struct line *line = value->line;

	if (g_file_test(path, G_FILE_TEST_EXISTS))
		load_ruleset(config, value, row, path, diagnostics);
	else
		diagnostics_add(diagnostics, SEVERITY_WARNING, line->file, line->number,
		    row->info.name, "%s \"%s\"; the default \"%s\" is used",
		    path[0] != '/' ? "expected a number or a file of rules, not"
				   : "there is no ruleset",
		    path, value->text);
	value->refused = value->ruleset == NULL;
	if (value->ruleset && row->match == MATCH_simple)
		diagnostics_add(diagnostics, SEVERITY_WARNING, line->file, line->number,
		    row->info.name,
		    "this has one value for all mail; of the ruleset only its default counts");
}

static void
settle_function(struct value *value, const struct table_row *row, const char *text,
    struct diagnostics *diagnostics)
{
	g_autoptr(GError) error = NULL;
	const struct line *line = value->line;
	bool semicolon = false;

	if (row->match == MATCH_simple)
		diagnostics_add(diagnostics, SEVERITY_WARNING, line->file, line->number,
		    row->info.name,
		    "this has one value for all mail, for which no function is asked; the default "
		    "\"%s\" is used",
		    value->text);
	else if ((value->function = function_parse(text, &semicolon, &error)) == NULL)
		diagnostics_add(diagnostics, SEVERITY_WARNING, line->file, line->number,
		    row->info.name, "%s; the default \"%s\" is used", error->message, value->text);
	value->refused = value->function == NULL;
	if (value->refused)
		return;
	if (semicolon)
		diagnostics_add(diagnostics, SEVERITY_WARNING, line->file, line->number,
		    row->info.name, "the semicolon behind the function is ignored");
	value->function->directive = (enum directive)(row - table_row(0));
	value->function->file = line->file;
	value->function->line = line->number;
}

void
value_settle(struct config *config, enum directive directive, const struct line *line,
    const char *text, struct diagnostics *diagnostics)
{
	const struct table_row *row = table_row(directive);
	struct value *value = &config->values[directive];

	value->initial = initial_text(config, row, diagnostics);
	set_text(value, row, value->initial);
	if (line == NULL || (text[0] == '\0' && kind_blank_is_default(row->kind)))
		return;
	value->line = line;
	switch (classify(row, text)) {
	case SOURCE_PLAIN:
		settle_plain(value, row, text, diagnostics);
		break;
	case SOURCE_RULESET:
		settle_ruleset(config, value, row, text, diagnostics);
		break;
	case SOURCE_FUNCTION:
		settle_function(value, row, text, diagnostics);
		break;
	case SOURCE_SQL:
		value->refused = true;
		diagnostics_add(diagnostics, SEVERITY_WARNING, line->file, line->number,
		    row->info.name,
		    "%s is accepted, without effect in this version; the default \"%s\" is used",
		    text, value->text);
		break;
	}
}

void
value_clear(struct value *value)
{
	g_free(value->text);
	g_free(value->initial);
	g_free(value->joined);
	ruleset_free(value->ruleset);
	function_use_free(value->function);
}
