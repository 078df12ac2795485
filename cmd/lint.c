/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mailscanner lint: everything that can be said about a configuration before mail depends on it.
 */
#include "cmd/commands.h"

#include <glob.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sysexits.h>
#include <unistd.h>

#include <linux/magic.h>

#include "core/engine/adopt.h"
#include "core/engine/daemon.h"
#include "core/log/log.h"
#include "rules/regex.h"
#include "rules/table.h"
#include "spool/spool.h"

/* As the reference's users expect of a checker: 0 good, 1 errors, 2 can't be used. */
enum { LINT_GOOD = 0, LINT_ERRORS = 1, LINT_FATAL = 2 };

struct lint {
	const struct config *config;
	struct diagnostics *diagnostics;
};

/* Says where the directive was set, if it was. */
G_GNUC_PRINTF(4, 5)
static void
complain(const struct lint *lint, enum severity severity, enum directive directive,
    const char *format, ...)
{
	const char *file;
	unsigned line = config_line_of(lint->config, directive, &file);
	va_list arguments;

	va_start(arguments, format);
	g_autofree char *text = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	diagnostics_add(
	    lint->diagnostics, severity, file, line, directive_info(directive)->name, "%s", text);
}

static void
check_idle(const struct lint *lint)
{
	g_autoptr(GPtrArray) idle = config_idle_directives(lint->config);

	for (unsigned i = 0; i < idle->len; i++)
		complain(lint, SEVERITY_WARNING,
		    (enum directive)GPOINTER_TO_INT(g_ptr_array_index(idle, i)),
		    "accepted, without effect in this version");
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

/* How many directories there are of that name, or that the pattern fits. */
static size_t
count_directories(const char *queue)
{
	glob_t found = { 0 };
	size_t n = 0;

	if (strpbrk(queue, "*?") == NULL)
		return g_file_test(queue, G_FILE_TEST_IS_DIR);
	if (glob(queue, GLOB_ONLYDIR, NULL, &found) == 0) {
		for (size_t i = 0; i < found.gl_pathc; i++)
			n += g_file_test(found.gl_pathv[i], G_FILE_TEST_IS_DIR);
	}
	globfree(&found);
	return n;
}

static void
check_incoming(const struct lint *lint)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) queues = config_incoming_queues(lint->config, &error);
	size_t directories = 0;

	if (queues == NULL) {
		complain(lint, SEVERITY_ERROR, DIRECTIVE_incoming_queue_dir, "%s", error->message);
		return;
	}
	for (unsigned i = 0; i < queues->len; i++) {
		const char *queue = g_ptr_array_index(queues, i);

		directories += count_directories(queue);
		check_device(lint, queue);
	}
	if (directories == 0)
		complain(lint, SEVERITY_ERROR, DIRECTIVE_incoming_queue_dir,
		    "there is no such directory, so no mail would ever be taken");
}

static void
check_queues(const struct lint *lint)
{
	check_incoming(lint);
	if (!g_file_test(outgoing_queue_dir_for(NULL), G_FILE_TEST_IS_DIR))
		complain(lint, SEVERITY_ERROR, DIRECTIVE_outgoing_queue_dir,
		    "%s is not a directory", outgoing_queue_dir_for(NULL));
	if (spool_format_named(table_word_text(mta_for(NULL))) == NULL)
		complain(lint, SEVERITY_ERROR, DIRECTIVE_mta,
		    "%s: this version knows the queues of exim", table_word_text(mta_for(NULL)));
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
check_users(const struct lint *lint)
{
	g_autoptr(GError) error = NULL;

	if (!daemon_users_exist(&error))
		diagnostics_add(
		    lint->diagnostics, SEVERITY_ERROR, NULL, 0, NULL, "%s", error->message);
}

static void
check_all(const struct config *config, struct diagnostics *diagnostics)
{
	const struct lint lint = { config, diagnostics };

	check_idle(&lint);
	check_queues(&lint);
	check_state(&lint);
	check_users(&lint);
	check_header_name(&lint);
	check_removals(&lint);
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
		check_all(config, diagnostics);
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
