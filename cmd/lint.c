/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mailscanner lint: everything that can be said about a configuration before mail depends on it.
 */
#include "cmd/commands.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sysexits.h>
#include <unistd.h>

#include <linux/magic.h>

#include "core/act/report.h"
#include "core/check/rulelist.h"
#include "core/engine/adopt.h"
#include "core/engine/fitness.h"
#include "core/engine/daemon.h"
#include "core/log/log.h"
#include "core/plugin/functions.h"
#include "core/plugin/plugins.h"
#include "rules/regex.h"
#include "rules/table.h"
#include "spool/spool.h"

/* As the reference's users expect of a checker: 0 good, 1 errors, 2 can't be used. */
enum { LINT_GOOD = 0, LINT_ERRORS = 1, LINT_FATAL = 2 };

struct lint {
	const struct config *config;
	struct diagnostics *diagnostics;
};

#define complain(lint, ...) fitness_complain((lint)->diagnostics, __VA_ARGS__)

/* One that a file only repeats the default of is worth no warning. */
static void
complain_idle(const struct lint *lint, enum directive directive)
{
	const char *reason = directive_info(directive)->unneeded;
	struct explanation *explanation = config_explain(lint->config, directive, NULL);

	if (reason != NULL)
		complain(lint, SEVERITY_INFO, directive, "not needed any more: %s", reason);
	else
		complain(lint, explanation->is_default ? SEVERITY_INFO : SEVERITY_WARNING,
		    directive, "accepted, without effect in this version");
	explanation_free(explanation);
}

/* All plugins are loaded, whether a directive names their functions or not; those that one names are started and ended. */
static void
check_functions(struct diagnostics *diagnostics)
{
	log_set_limit(LOG_WARNING);
	struct functions *functions = functions_start(NULL, diagnostics);
	if (functions == NULL)
		plugins_free(plugins_load(diagnostics));
	functions_end(functions);
}

static void
check_idle(const struct lint *lint)
{
	g_autoptr(GPtrArray) idle = config_idle_directives(lint->config);

	for (unsigned i = 0; i < idle->len; i++)
		complain_idle(lint, (enum directive)GPOINTER_TO_INT(g_ptr_array_index(idle, i)));
}

static void
check_on_disk(const struct lint *lint, enum directive directive, const char *path)
{
	struct statfs status;

	if (statfs(path, &status) == 0 &&
	    (status.f_type == TMPFS_MAGIC || status.f_type == RAMFS_MAGIC))
		complain(lint, SEVERITY_WARNING, directive,
		    "%s is in memory: what is noted there is lost in a power cut", path);
}

static void
check_state(const struct lint *lint)
{
	const char *path = state_dir_for(NULL);
	g_autofree char *parent = g_path_get_dirname(path);
	g_autofree char *database = g_path_get_dirname(processing_attempts_database_for(NULL));

	if (access(path, F_OK) != 0 && access(parent, W_OK) != 0)
		complain(lint, SEVERITY_WARNING, DIRECTIVE_state_dir,
		    "%s does not exist, and its parent is not there or not writable", path);
	check_on_disk(lint, DIRECTIVE_state_dir, access(path, F_OK) == 0 ? path : parent);
	if (access(database, W_OK) != 0)
		complain(lint, SEVERITY_WARNING, DIRECTIVE_processing_attempts_database,
		    "the directory %s is not there or not writable", database);
	check_on_disk(lint, DIRECTIVE_processing_attempts_database, database);
}

/* A queue on another file system is served too, but each message is copied then. */
static void
check_device(const struct lint *lint, const char *queue)
{
	const char *outgoing = outgoing_queue_dir_for(NULL);
	struct stat here, there;

	if (stat(queue, &here) == 0 && stat(outgoing, &there) == 0 && here.st_dev != there.st_dev)
		complain(lint, SEVERITY_WARNING, DIRECTIVE_outgoing_queue_dir,
		    "%s is on another file system than %s: each message will be copied", outgoing,
		    queue);
}

static void
check_queues(const struct lint *lint)
{
	g_autoptr(GPtrArray) queues = config_incoming_queues(lint->config, NULL);

	for (unsigned i = 0; queues != NULL && i < queues->len; i++)
		check_device(lint, g_ptr_array_index(queues, i));
	if (!g_file_test(outgoing_queue_dir_for(NULL), G_FILE_TEST_IS_DIR))
		complain(lint, SEVERITY_ERROR, DIRECTIVE_outgoing_queue_dir,
		    "%s is not a directory", outgoing_queue_dir_for(NULL));
}

/* Is the first word of a command a program? */
static void
check_command(const struct lint *lint, enum directive directive, const char *command)
{
	g_auto(GStrv) words = NULL;
	g_autoptr(GError) error = NULL;

	if (*command == '\0')
		return;
	if (!g_shell_parse_argv(command, NULL, &words, &error)) {
		complain(lint, SEVERITY_ERROR, directive, "%s", error->message);
		return;
	}
	g_autofree char *program = g_find_program_in_path(words[0]);
	if (program == NULL)
		complain(lint, SEVERITY_WARNING, directive, "there is no program %s", words[0]);
}

static void
check_pid_file(const struct lint *lint)
{
	const char *path = pid_file_for(NULL);
	g_autofree char *directory = g_path_get_dirname(path);

	if (*path != '\0' && access(directory, W_OK) != 0)
		complain(lint, SEVERITY_WARNING, DIRECTIVE_pid_file,
		    "the directory %s is not there or not writable", directory);
}

/* Of these it means that there is no limit. */
static bool
may_be_below_zero(enum directive directive)
{
	return *directive_info(directive)->initial == '-' ||
	       directive == DIRECTIVE_maximum_attachments_per_message;
}

/* No other number that something reads has a meaning below 0. */
static void
check_numbers(const struct lint *lint)
{
	for (int i = 0; i < DIRECTIVE_COUNT; i++) {
		enum directive directive = (enum directive)i;

		if (table_row(directive)->kind == KIND_number && directive_info(directive)->read &&
		    !may_be_below_zero(directive) && directive_number(directive, NULL) < 0)
			complain(lint, SEVERITY_WARNING, directive,
			    "%" G_GINT64_FORMAT
			    " is below 0 and counts as the least that there can be",
			    directive_number(directive, NULL));
	}
}

static void
check_header_name(const struct lint *lint)
{
	const char *name = mail_header_for(NULL);
	size_t length =
	    strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");

	if (name[length] != '\0' && strcmp(name + length, ":") != 0)
		complain(lint, SEVERITY_WARNING, DIRECTIVE_mail_header,
		    "%s should consist of letters, digits, '-' and '_'", name);
}

/* An expression that doesn't compile removes nothing. */
static void
check_removals(const struct lint *lint)
{
	g_auto(GStrv) words = g_strsplit_set(remove_these_headers_for(NULL), ", \t\n", -1);

	for (char **word = words; *word != NULL; word++) {
		g_autoptr(GError) error = NULL;
		size_t length = strlen(*word);

		if (length < 3 || (*word)[0] != '/' || (*word)[length - 1] != '/')
			continue;
		g_autofree char *text = g_strndup(*word + 1, length - 2);
		struct regex *regex = regex_new(text, REGEX_PLAIN, &error);
		if (regex == NULL)
			complain(lint, SEVERITY_ERROR, DIRECTIVE_remove_these_headers,
			    "%s removes nothing: %s", *word, error->message);
		regex_free(regex);
	}
}

static void
check_all(const struct config *config, struct diagnostics *diagnostics)
{
	const struct lint lint = { config, diagnostics };

	check_idle(&lint);
	fitness_check(diagnostics);
	check_queues(&lint);
	check_state(&lint);
	check_command(&lint, DIRECTIVE_sendmail, sendmail_for(NULL));
	check_command(&lint, DIRECTIVE_sendmail2, sendmail2_for(NULL));
	check_pid_file(&lint);
	check_numbers(&lint);
	check_header_name(&lint);
	check_removals(&lint);
	report_check(diagnostics);
}

/* The gravest come last, where they are seen. */
static void
print_diagnostics(const struct diagnostics *diagnostics, enum severity at_least)
{
	for (enum severity severity = at_least; severity <= SEVERITY_FATAL; severity++) {
		const GPtrArray *list = diagnostics_list(diagnostics);

		for (unsigned i = 0; i < list->len; i++) {
			const struct diagnostic *diagnostic = g_ptr_array_index(list, i);
			g_autofree char *text = diagnostic_text(diagnostic);
			g_autofree char *safe = log_escape(text);

			if (diagnostic->severity == severity)
				printf("%s\n", safe);
		}
	}
}

static int
run(const struct cmd_global *global, int argc, char **argv)
{
	gboolean quiet = FALSE;
	const GOptionEntry entries[] = {
		{ "quiet", 'q', 0, G_OPTION_ARG_NONE, &quiet,
		    "Only warnings and errors, no summary", NULL },
		{ 0 },
	};
	int status;

	if (!cmd_options(&cmd_lint, NULL, entries, &argc, &argv, &status))
		return status;
	struct diagnostics *diagnostics = diagnostics_new();
	struct config *config = config_load(
	    global->config_path, (const char *const *)global->overrides->pdata, diagnostics);

	if (config != NULL) {
		config_adopt(config, diagnostics);
		config_check_file_rules(config, rule_list_is_fact, diagnostics);
		check_all(config, diagnostics);
		check_functions(diagnostics);
	}
	print_diagnostics(diagnostics, quiet ? SEVERITY_WARNING : SEVERITY_INFO);
	unsigned errors = diagnostics_count(diagnostics, SEVERITY_ERROR);
	unsigned warnings = diagnostics_count(diagnostics, SEVERITY_WARNING) - errors;
	diagnostics_free(diagnostics);
	if (!quiet)
		printf("%s: %s, %u error%s, %u warning%s\n", global->config_path,
		    config != NULL ? "can be used" : "can't be used", errors,
		    errors == 1 ? "" : "s", warnings, warnings == 1 ? "" : "s");
	return config == NULL ? LINT_FATAL : errors > 0 ? LINT_ERRORS : LINT_GOOD;
}

const struct cmd cmd_lint = {
	.name = "lint",
	.summary = "Check the configuration: 0 when good, 1 with errors, 2 when it can't be used",
	.run = run,
};
