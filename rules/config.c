/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loading has two steps, because the order of lines and the order of meaning differ. First all
 * lines are taken in reading order: macros are expanded at once, with what is defined so far, and
 * for each directive the last line stays. Then values are made of what stayed: the profile first,
 * which decides about defaults, then all the others.
 */
#include "rules/config_data.h"

#include <stdlib.h>
#include <string.h>
#include "rules/loaded.h"
#include "rules/site.h"
#include "rules/value.h"
#include "rules/returned.h"

/* What lines say of directives, so far. */
struct settings {
	struct setting {
		const struct line *line; /* the last one */
		char *text;		 /* its value, expanded */
	} of[DIRECTIVE_COUNT];
	GArray *order; /* of enum directive: as they first appear */
};

static void
define_macro(struct config *config, const struct line *line, struct diagnostics *diagnostics)
{
	g_autofree char *value =
	    value_expand(config, NULL, line->value, line->file, line->number, diagnostics);

	if (macros_define(config->macros, line->name, value))
		diagnostics_add(diagnostics, SEVERITY_WARNING, line->file, line->number, NULL,
		    "%s gets another value after it was used; lines above keep the old one",
		    line->name);
}

static void
report_unknown(const struct line *line, struct diagnostics *diagnostics)
{
	g_autofree char *suggestion = table_suggest(line->name);

	if (table_obsolete(line->name))
		diagnostics_add(diagnostics, SEVERITY_INFO, line->file, line->number, line->name,
		    "obsolete, ignored");
	else
		diagnostics_add(diagnostics, line->file ? SEVERITY_WARNING : SEVERITY_FATAL,
		    line->file, line->number, line->name,
		    suggestion ? "there is no such directive; did you mean %s?"
			       : "there is no such directive%s",
		    suggestion ? suggestion : "");
}

static void
take_setting(struct config *config, const struct line *line, struct settings *settings,
    struct diagnostics *diagnostics)
{
	enum directive directive;
	struct setting *setting;

	if (!directive_named(line->name, &directive)) {
		report_unknown(line, diagnostics);
		return;
	}
	setting = &settings->of[directive];
	if (setting->line && line->file && g_strcmp0(setting->line->file, line->file) == 0)
		diagnostics_add(diagnostics, SEVERITY_INFO, line->file, line->number, line->name,
		    "this counts, not what line %u says", setting->line->number);
	if (setting->line == NULL)
		g_array_append_val(settings->order, directive);
	g_free(setting->text);
	setting->line = line;
	setting->text = value_expand(
	    config, table_row(directive), line->value, line->file, line->number, diagnostics);
}

static void
take_lines(struct config *config, struct settings *settings, struct diagnostics *diagnostics)
{
	bool placeholders = site_is_placeholder(config->lines);

	site_define(config->macros);
	if (placeholders)
		diagnostics_add(diagnostics, SEVERITY_WARNING, config->path, 0, NULL,
		    "%%org-name%%, %%org-long-name%% and %%web-site%% are not set for your site; "
		    "\"%s\", from the name of this host, is used",
		    macros_value(config->macros, "%org-name%"));
	for (unsigned i = 0; i < config->lines->len; i++) {
		const struct line *line = config->lines->pdata[i];

		if (!line_is_macro(line))
			take_setting(config, line, settings, diagnostics);
		else if (!placeholders || !site_skips(line->name))
			define_macro(config, line, diagnostics);
	}
}

static void
settle_one(struct config *config, const struct settings *settings, enum directive directive,
    struct diagnostics *diagnostics)
{
	const struct setting *setting = &settings->of[directive];

	if (config->values[directive].text == NULL)
		value_settle(config, directive, setting->line, setting->text, diagnostics);
}

/* In the order of the files, so that diagnostics come in it as well. */
static void
settle(struct config *config, const struct settings *settings, struct diagnostics *diagnostics)
{
	settle_one(config, settings, DIRECTIVE_profile, diagnostics);
	settle_one(
	    config, settings, DIRECTIVE_use_default_rules_with_multiple_recipients, diagnostics);
	for (unsigned i = 0; i < settings->order->len; i++)
		settle_one(config, settings, g_array_index(settings->order, enum directive, i),
		    diagnostics);
	for (unsigned i = 0; i < DIRECTIVE_COUNT; i++)
		settle_one(config, settings, (enum directive)i, diagnostics);
}

/* What only shows when all values are known. */
static void
check_whole(const struct config *config, struct diagnostics *diagnostics)
{
	const struct value *version = &config->values[DIRECTIVE_mailscanner_version_number];
	const struct value *queue = &config->values[DIRECTIVE_incoming_queue_dir];
	g_autoptr(GPtrArray) queues = NULL;

	if (strtol(version->text, NULL, 10) > 5)
		diagnostics_add(diagnostics, SEVERITY_INFO, version->line->file,
		    version->line->number, "MailScanner Version Number",
		    "written for MailScanner %s; what came after version 5 is not known here",
		    version->text);
	if (queue->line && queue->line->file)
		queues = queues_named(config, diagnostics, NULL);
}

struct config *
config_load(const char *path, const char *const *overrides, struct diagnostics *diagnostics)
{
	struct settings settings = { .order = g_array_new(FALSE, FALSE, sizeof(enum directive)) };
	unsigned fatal = diagnostics_count(diagnostics, SEVERITY_FATAL);
	struct config *config = g_new0(struct config, 1);

	config->path = g_strdup(path);
	config->macros = macros_new();
	config->loaded = loaded_table_new();
	config->returned = returned_new();
	config->lines = lines_read(path, diagnostics);
	for (; overrides && overrides[0] && overrides[1]; overrides += 2)
		g_ptr_array_add(config->lines, line_new(overrides[0], overrides[1]));
	take_lines(config, &settings, diagnostics);
	if (diagnostics_count(diagnostics, SEVERITY_FATAL) == fatal) {
		settle(config, &settings, diagnostics);
		check_whole(config, diagnostics);
	}
	for (unsigned i = 0; i < DIRECTIVE_COUNT; i++)
		g_free(settings.of[i].text);
	g_array_unref(settings.order);
	if (diagnostics_count(diagnostics, SEVERITY_FATAL) == fatal)
		return config;
	config_free(config);
	return NULL;
}

void
config_free(struct config *config)
{
	if (config == NULL)
		return;
	for (size_t i = 0; i < G_N_ELEMENTS(config->values); i++)
		value_clear(&config->values[i]);
	g_hash_table_unref(config->loaded);
	g_ptr_array_unref(config->lines);
	macros_free(config->macros);
	g_hash_table_unref(config->returned);
	g_free(config->path);
	g_free(config);
}

const char *
config_path(const struct config *config)
{
	return config->path;
}

const char *
config_macro(const struct config *config, const char *name)
{
	return macros_value(config->macros, name);
}

GPtrArray *
config_idle_directives(const struct config *config)
{
	GPtrArray *idle = g_ptr_array_new();

	for (unsigned i = 0; i < DIRECTIVE_COUNT; i++)
		if (config->values[i].line && !directive_info((enum directive)i)->read)
			g_ptr_array_add(idle, GINT_TO_POINTER(i));
	return idle;
}

GPtrArray *
config_files(const struct config *config)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
	GPtrArray *files = g_ptr_array_new();

	for (unsigned i = 0; i < config->lines->len; i++) {
		const struct line *line = g_ptr_array_index(config->lines, i);

		if (line->file != NULL && g_hash_table_add(seen, line->file))
			g_ptr_array_add(files, line->file);
	}
	return files;
}

GPtrArray *
config_functions(const struct config *config)
{
	GPtrArray *functions = g_ptr_array_new();

	for (unsigned i = 0; i < DIRECTIVE_COUNT; i++)
		if (config->values[i].function)
			g_ptr_array_add(functions, config->values[i].function);
	return functions;
}
