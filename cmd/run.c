/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mailscanner run: the daemon. mailscanner once: the same engine until the queues are worked through.
 */
#include "cmd/commands.h"

#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

#include "core/engine/adopt.h"
#include "core/engine/supervisor.h"
#include "core/log/lines.h"
#include "core/log/log.h"
#include "rules/directives.h"

struct view {
	const struct cmd_global *global;
	bool foreground;
	gint64 started, shown;
};

static void
reopen_log(void *data)
{
	const struct view *view = data;

	/* The word was accepted at the start, the directive is checked when it is read. */
	(void)cmd_open_log(view->global, view->foreground);
}

/* One line that is written over, on a terminal, once the work lasts. */
static void
show_progress(unsigned done, unsigned left, void *data)
{
	struct view *view = data;
	gint64 now = g_get_monotonic_time();

	if (now - view->started < G_USEC_PER_SEC || now - view->shown < G_USEC_PER_SEC / 4)
		return;
	view->shown = now;
	fprintf(stderr, "\r%u done, %u left \033[K", done, left);
}

/* With the configuration in force; takes `diagnostics` over. */
static int
work(const struct cmd_global *global, struct diagnostics *diagnostics,
    struct supervisor_options *options, bool foreground)
{
	struct view view = { .global = global, .foreground = foreground };
	bool opened = cmd_open_log(global, foreground);

	if (opened && automatic_syntax_check_for(NULL))
		log_diagnostics(diagnostics);
	diagnostics_free(diagnostics);
	if (!opened)
		return EX_USAGE;
	config_log_files();
	view.started = g_get_monotonic_time();
	options->config_path = global->config_path;
	options->overrides = (const char *const *)global->overrides->pdata;
	options->reloaded = reopen_log;
	options->data = &view;
	int status = supervisor_run(options);
	if (view.shown != 0)
		fprintf(stderr, "\n");
	return status;
}

static int
run(const struct cmd_global *global, int argc, char **argv)
{
	gboolean foreground = FALSE;
	const GOptionEntry entries[] = {
		{ "foreground", 'f', 0, G_OPTION_ARG_NONE, &foreground,
		    "Stay in the foreground and log to standard error (for systemd and terminals)",
		    NULL },
		{ 0 },
	};
	struct supervisor_options options = { .mode = SUPERVISOR_RUN };
	int status;

	if (!cmd_options(&cmd_run, NULL, entries, &argc, &argv, &status))
		return status;
	if (argc > 1) {
		fprintf(stderr, "mailscanner run: unexpected argument %s\n", argv[1]);
		return EX_USAGE;
	}
	struct diagnostics *diagnostics = cmd_load(global, SEVERITY_ERROR);
	if (diagnostics == NULL)
		return EX_CONFIG;
	if (run_in_foreground_for(NULL))
		foreground = TRUE;
	if (debug_for(NULL))
		options.mode = SUPERVISOR_BATCH;
	options.background = !foreground && options.mode == SUPERVISOR_RUN;
	return work(global, diagnostics, &options, foreground);
}

const struct cmd cmd_run = {
	.name = "run",
	.summary = "Work the incoming queues as a daemon, until SIGTERM",
	.run = run,
};

static int
once(const struct cmd_global *global, int argc, char **argv)
{
	gboolean batch = FALSE;
	g_autofree char *id = NULL;
	const GOptionEntry entries[] = {
		{ "one-batch", 'b', 0, G_OPTION_ARG_NONE, &batch,
		    "Take a single batch, in this very process (for debugging)", NULL },
		{ "id", 0, 0, G_OPTION_ARG_STRING, &id, "Take only the message with this queue id",
		    "ID" },
		{ 0 },
	};
	struct supervisor_options options = { .mode = SUPERVISOR_ONCE };
	int status;

	if (!cmd_options(&cmd_once, NULL, entries, &argc, &argv, &status))
		return status;
	if (argc > 1) {
		fprintf(stderr, "mailscanner once: unexpected argument %s\n", argv[1]);
		return EX_USAGE;
	}
	options.mode = batch ? SUPERVISOR_BATCH : SUPERVISOR_ONCE;
	options.only_id = id;
	/* Log lines on the terminal are progress enough. */
	if (isatty(STDERR_FILENO) && global->log != NULL && g_str_equal(global->log, "syslog"))
		options.progress = show_progress;
	struct diagnostics *diagnostics = cmd_load(global, SEVERITY_ERROR);
	if (diagnostics == NULL)
		return EX_CONFIG;
	return work(global, diagnostics, &options, true);
}

const struct cmd cmd_once = {
	.name = "once",
	.summary = "Work the incoming queues until nothing is left that can be done now; "
		   "exits with 75 when something had to stay",
	.run = once,
};
