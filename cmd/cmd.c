/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What every subcommand begins with.
 */
#include "cmd/cmd.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "core/engine/adopt.h"
#include "core/log/log.h"
#include "core/plugin/functions.h"
#include "rules/directives.h"

void
cmd_override(const struct cmd_global *global, const char *name, const char *value)
{
	/* The terminating NULL moves on. */
	g_ptr_array_remove_index(global->overrides, global->overrides->len - 1);
	g_ptr_array_add(global->overrides, g_strdup(name));
	g_ptr_array_add(global->overrides, g_strdup(value));
	g_ptr_array_add(global->overrides, NULL);
}

static void
print_diagnostics(const struct diagnostics *diagnostics, enum severity at_least)
{
	const GPtrArray *list = diagnostics_list(diagnostics);

	for (unsigned i = 0; i < list->len; i++) {
		const struct diagnostic *diagnostic = g_ptr_array_index(list, i);
		g_autofree char *text = diagnostic_text(diagnostic);
		g_autofree char *safe = log_escape(text);

		if (diagnostic->severity >= at_least)
			fprintf(stderr, "%s\n", safe);
	}
}

struct diagnostics *
cmd_load(const struct cmd_global *global, enum severity at_least)
{
	struct diagnostics *diagnostics = diagnostics_new();
	struct config *config = config_load(
	    global->config_path, (const char *const *)global->overrides->pdata, diagnostics);

	if (config != NULL)
		config_adopt(config, diagnostics);
	print_diagnostics(diagnostics, at_least);
	if (config != NULL)
		return diagnostics;
	diagnostics_free(diagnostics);
	return NULL;
}

struct functions *
cmd_start_functions(void)
{
	struct diagnostics *diagnostics = diagnostics_new();

	log_set_limit(LOG_WARNING);
	struct functions *functions = functions_start(NULL, diagnostics);
	print_diagnostics(diagnostics, SEVERITY_WARNING);
	diagnostics_free(diagnostics);
	return functions;
}

/* The name that syslog shows: the configuration file's, without its ending. */
static char *
ident_of(const char *path)
{
	g_autofree char *base = g_path_get_basename(path);

	if (g_str_has_suffix(base, ".conf"))
		base[strlen(base) - strlen(".conf")] = '\0';
	return g_steal_pointer(&base);
}

bool
cmd_open_log(const struct cmd_global *global, bool foreground)
{
	static const char *const words[] = { "syslog", "stderr", "json" };
	g_autofree char *ident = ident_of(global->config_path);
	enum word format = log_format_for(NULL);
	const char *name = global->log;
	enum log_sink sink;
	const char *file;

	/* In the foreground standard error is where one looks, unless the configuration says syslog. */
	if (name == NULL && foreground &&
	    config_line_of(config_current(), DIRECTIVE_log_format, &file) == 0)
		format = WORD_stderr;
	if (name == NULL)
		name = format == WORD_json ? words[2] : format == WORD_stderr ? words[1] : words[0];
	if (!log_sink_named(name, &sink)) {
		fprintf(stderr, "--log=%s: expected syslog, stderr or json\n", name);
		return false;
	}
	if (!log_open(sink, ident, syslog_facility_for(NULL)))
		log_line(LOG_WARNING, "Syslog Facility = %s: no such facility, mail is used",
		    syslog_facility_for(NULL));
	log_set_limit(debug_for(NULL) ? LOG_DEBUG : LOG_INFO);
	return true;
}

bool
cmd_options(const struct cmd *cmd, const char *arguments, const GOptionEntry *entries, int *argc,
    char ***argv, int *status)
{
	g_autoptr(GOptionContext) context = g_option_context_new(arguments);
	g_autoptr(GError) error = NULL;
	g_autofree char *program = g_strconcat("mailscanner ", cmd->name, NULL);

	g_set_prgname(program);
	g_option_context_set_summary(context, cmd->summary);
	g_option_context_add_main_entries(context, entries, NULL);
	if (g_option_context_parse(context, argc, argv, &error))
		return true;
	fprintf(stderr, "mailscanner %s: %s (--help tells more)\n", cmd->name, error->message);
	*status = EX_USAGE;
	return false;
}
