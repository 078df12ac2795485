/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mailscanner lint: everything that can be said about a configuration before mail depends on it.
 */
#include "cmd/commands.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sysexits.h>
#include <unistd.h>

#include <linux/magic.h>

#include "core/engine/adopt.h"
#include "core/log/log.h"
#include "core/plugin/functions.h"
#include "core/plugin/plugins.h"
#include "rules/table.h"
#include "spool/spool.h"

/* As the reference's users expect of a checker: 0 good, 1 errors, 2 can't be used. */
enum { LINT_GOOD = 0, LINT_ERRORS = 1, LINT_FATAL = 2 };

static void
check_idle(const struct config *config, struct diagnostics *diagnostics)
{
	g_autoptr(GPtrArray) idle = config_idle_directives(config);

	for (unsigned i = 0; i < idle->len; i++) {
		enum directive directive =
		    (enum directive)GPOINTER_TO_INT(g_ptr_array_index(idle, i));

		diagnostics_add(diagnostics, SEVERITY_WARNING, NULL, 0,
		    directive_info(directive)->name, "accepted, without effect in this version");
	}
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
check_on_disk(const char *directive, const char *path, struct diagnostics *diagnostics)
{
	struct statfs status;

	if (statfs(path, &status) == 0 &&
	    (status.f_type == TMPFS_MAGIC || status.f_type == RAMFS_MAGIC))
		diagnostics_add(diagnostics, SEVERITY_WARNING, NULL, 0, directive,
		    "%s is in memory: what is noted there is lost in a power cut", path);
}

static void
check_state(struct diagnostics *diagnostics)
{
	const char *path = state_dir_for(NULL);
	g_autofree char *parent = g_path_get_dirname(path);
	g_autofree char *database = g_path_get_dirname(processing_attempts_database_for(NULL));

	if (access(path, F_OK) != 0 && access(parent, W_OK) != 0)
		diagnostics_add(diagnostics, SEVERITY_WARNING, NULL, 0, "State Dir",
		    "%s does not exist, and its parent is not there or not writable", path);
	check_on_disk("State Dir", access(path, F_OK) == 0 ? path : parent, diagnostics);
	if (access(database, W_OK) != 0)
		diagnostics_add(diagnostics, SEVERITY_WARNING, NULL, 0,
		    "Processing Attempts Database", "the directory %s is not there or not writable",
		    database);
	check_on_disk("Processing Attempts Database", database, diagnostics);
}

/* A queue on another file system is served too, but each message is copied then. */
static void
check_device(const char *queue, struct diagnostics *diagnostics)
{
	const char *outgoing = outgoing_queue_dir_for(NULL);
	struct stat here, there;

	if (stat(queue, &here) == 0 && stat(outgoing, &there) == 0 && here.st_dev != there.st_dev)
		diagnostics_add(diagnostics, SEVERITY_WARNING, NULL, 0, "Outgoing Queue Dir",
		    "%s is on another file system than %s: each message will be copied", outgoing,
		    queue);
}

static void
check_queues(const struct config *config, struct diagnostics *diagnostics)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) queues = config_incoming_queues(config, &error);

	if (queues == NULL) {
		diagnostics_add(diagnostics, SEVERITY_ERROR, NULL, 0, "Incoming Queue Dir", "%s",
		    error->message);
		return;
	}
	for (unsigned i = 0; i < queues->len; i++) {
		const char *queue = g_ptr_array_index(queues, i);

		if (strpbrk(queue, "*?") == NULL && !g_file_test(queue, G_FILE_TEST_IS_DIR))
			diagnostics_add(diagnostics, SEVERITY_ERROR, NULL, 0, "Incoming Queue Dir",
			    "%s is not a directory", queue);
		check_device(queue, diagnostics);
	}
	if (!g_file_test(outgoing_queue_dir_for(NULL), G_FILE_TEST_IS_DIR))
		diagnostics_add(diagnostics, SEVERITY_ERROR, NULL, 0, "Outgoing Queue Dir",
		    "%s is not a directory", outgoing_queue_dir_for(NULL));
	if (spool_format_named(table_word_text(mta_for(NULL))) == NULL)
		diagnostics_add(diagnostics, SEVERITY_ERROR, NULL, 0, "MTA",
		    "%s: this version knows the queues of exim", table_word_text(mta_for(NULL)));
}

static void
check_header_name(struct diagnostics *diagnostics)
{
	const char *name = mail_header_for(NULL);
	size_t length =
	    strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");

	if (name[length] != '\0' && strcmp(name + length, ":") != 0)
		diagnostics_add(diagnostics, SEVERITY_WARNING, NULL, 0, "Mail Header",
		    "%s should consist of letters, digits, '-' and '_'", name);
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
			printf("%s\n", safe);
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
		config_check_file_rules(config, diagnostics);
		check_idle(config, diagnostics);
		check_functions(diagnostics);
		check_queues(config, diagnostics);
		check_state(diagnostics);
		check_header_name(diagnostics);
	}
	print_diagnostics(diagnostics, quiet ? SEVERITY_WARNING : SEVERITY_INFO);
	unsigned errors = diagnostics_count(diagnostics, SEVERITY_ERROR);
	unsigned warnings = diagnostics_count(diagnostics, SEVERITY_WARNING) - errors;
	diagnostics_free(diagnostics);
	if (!quiet)
		printf("%s: %s, %u errors, %u warnings\n", global->config_path,
		    config != NULL ? "can be used" : "can't be used", errors, warnings);
	return config == NULL ? LINT_FATAL : errors > 0 ? LINT_ERRORS : LINT_GOOD;
}

const struct cmd cmd_lint = {
	.name = "lint",
	.summary = "Check the configuration: 0 when good, 1 with errors, 2 when it can't be used",
	.run = run,
};
