/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mailscanner processing: messages that have ended a worker, in the layout that reports made from MailScanner's
 * --processing expect.
 */
#include "cmd/commands.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "core/engine/attempts.h"
#include "core/log/log.h"
#include "rules/directives.h"

static void
print_part(const GPtrArray *rows, const char *title, const char *last_column, const char *rule)
{
	printf("%s\n\nNumber of messages: %u\nTries\tMessage\t%s\n=====\t=======\t%s\n", title,
	    rows->len, last_column, rule);
	for (unsigned i = 0; i < rows->len; i++) {
		const struct attempt *row = g_ptr_array_index(rows, i);
		g_autofree char *id = log_escape(row->id);
		time_t next = (time_t)row->next;
		char stamp[32];

		/* A time out of all calendars has no text. */
		if (ctime_r(&next, stamp) == NULL)
			strcpy(stamp, "?\n");
		printf("%u\t%s\t%s", row->count, id, stamp);
	}
}

static int
run(const struct cmd_global *global, int argc, char **argv)
{
	int more_than = 1;
	const GOptionEntry entries[] = {
		{ "more-than", 0, 0, G_OPTION_ARG_INT, &more_than,
		    "Only messages with more attempts than this (default 1)", "N" },
		{ 0 },
	};
	g_autoptr(GError) error = NULL;
	int status;

	if (!cmd_options(&cmd_processing, NULL, entries, &argc, &argv, &status))
		return status;
	struct diagnostics *diagnostics = cmd_load(global, SEVERITY_ERROR);
	if (diagnostics == NULL)
		return EX_CONFIG;
	diagnostics_free(diagnostics);
	struct attempts *attempts =
	    attempts_open_readonly(processing_attempts_database_for(NULL), &error);
	if (attempts == NULL) {
		fprintf(stderr, "%s\n", error->message);
		return EX_NOINPUT;
	}
	unsigned limit = (unsigned)MAX(0, more_than);
	g_autoptr(GPtrArray) active = attempts_list(attempts, false, limit);
	g_autoptr(GPtrArray) archived = attempts_list(attempts, true, limit);
	attempts_close(attempts);
	print_part(active, "Currently being processed:", "Next Try At", "===========");
	if (archived->len > 0) {
		printf("\n\n");
		print_part(archived, "Archive:", "Last Tried", "==========");
	}
	return EX_OK;
}

const struct cmd cmd_processing = {
	.name = "processing",
	.summary = "List messages that have ended a worker, and when they are tried again",
	.run = run,
};
