/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mailscanner quarantine ls|show|release|delete|clean: what was kept, for the people who keep it.
 */
#include "cmd/commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "cmd/quarantine.h"
#include "cmd/screen.h"
#include "core/act/kept_remove.h"
#include "rules/directives.h"

/* A subcommand of the subcommand: runs on the entries that were found. */
struct action {
	const char *name, *arguments, *summary;
	bool needs_id;
	int (*run)(struct kept_index *index, const GPtrArray *found,
	    const struct quarantine_wanted *wanted);
};

int
quarantine_complain(const GError *error)
{
	fprintf(stderr, "mailscanner quarantine: %s\n", error->message);
	switch ((enum kept_error)error->code) {
	case KEPT_ERROR_GONE:
		return EX_NOINPUT;
	case KEPT_ERROR_REFUSED:
	case KEPT_ERROR_RELEASED:
		return EX_DATAERR;
	case KEPT_ERROR_SYSTEM:
		break;
	}
	return EX_TEMPFAIL;
}

static int
run_ls(struct kept_index *index, const GPtrArray *found, const struct quarantine_wanted *wanted)
{
	(void)index;
	return quarantine_ls(found, wanted);
}

static int
run_show(struct kept_index *index, const GPtrArray *found, const struct quarantine_wanted *wanted)
{
	(void)index;
	return quarantine_show(found, wanted);
}

static int
run_release(
    struct kept_index *index, const GPtrArray *found, const struct quarantine_wanted *wanted)
{
	(void)index;
	return quarantine_release(found, wanted);
}

static const char *
root_of(const struct quarantine_wanted *wanted)
{
	return wanted->directory != NULL ? wanted->directory : quarantine_dir_for(NULL);
}

static int
delete_all(struct kept_index *index, const GPtrArray *found, const struct quarantine_wanted *wanted)
{
	struct screen_progress progress = { 0 };
	unsigned removed = 0;
	int status = EX_OK;

	kept_sweep(root_of(wanted));
	for (unsigned i = 0; i < found->len; i++) {
		g_autoptr(GError) error = NULL;

		if (kept_delete(index, g_ptr_array_index(found, i), &error)) {
			removed++;
		} else {
			status = quarantine_complain(error);
		}
		screen_progress(&progress, "removing", i + 1, found->len);
	}
	printf("%u removed\n", removed);
	return status;
}

static int
run_delete(struct kept_index *index, const GPtrArray *found, const struct quarantine_wanted *wanted)
{
	return delete_all(index, found, wanted);
}

static int
run_clean(struct kept_index *index, const GPtrArray *found, const struct quarantine_wanted *wanted)
{
	g_autoptr(GDateTime) now = g_date_time_new_now_local();
	g_autoptr(GDateTime) oldest = g_date_time_add_days(now, -wanted->days);
	g_autofree char *day = g_date_time_format(oldest, "%Y%m%d");
	g_autoptr(GPtrArray) old = g_ptr_array_new();

	for (unsigned i = 0; i < found->len; i++) {
		struct kept *kept = g_ptr_array_index(found, i);

		if (strcmp(kept->day, day) < 0)
			g_ptr_array_add(old, kept);
	}
	return delete_all(index, old, wanted);
}

static const struct action actions[] = {
	{ "ls", "", "list what is kept", false, run_ls },
	{ "show", " ID",
	    "show one: envelope, findings, files; --message prints the message itself, --file one "
	    "of the files",
	    true, run_show },
	{ "release", " ID...",
	    "put the whole message into the outgoing queue: for its recipients, or those that "
	    "--recipient names",
	    true, run_release },
	{ "delete", " ID...", "remove it from disk", true, run_delete },
	{ "clean", "", "remove all that is older than --days (30)", false, run_clean },
};

static const struct action *
action_named(const char *name)
{
	for (size_t i = 0; name != NULL && i < G_N_ELEMENTS(actions); i++) {
		if (strcmp(actions[i].name, name) == 0)
			return &actions[i];
	}
	return NULL;
}

static void
show_progress(unsigned done, unsigned all, void *data)
{
	screen_progress(data, "reading the quarantine", done, all);
}

static struct kept_index *
open_index(const struct quarantine_wanted *wanted, GError **error)
{
	struct screen_progress progress = { 0 };

	return kept_open(root_of(wanted), state_dir_for(NULL), show_progress, &progress, error);
}

static bool
find_one(struct kept_index *index, const struct quarantine_wanted *wanted, const char *id,
    GPtrArray *found, GError **error)
{
	const struct kept_filter filter = { id, wanted->from, wanted->to, wanted->reason,
		wanted->since, wanted->until };
	GPtrArray *part = kept_find(index, &filter, error);

	if (part == NULL)
		return false;
	if (id != NULL && part->len == 0)
		fprintf(stderr, "mailscanner quarantine: nothing is kept of %s\n", id);
	g_ptr_array_extend_and_steal(found, part);
	return true;
}

static int
act(const struct action *action, const struct quarantine_wanted *wanted, int count, char **ids)
{
	g_autoptr(GError) error = NULL;
	struct kept_index *index = open_index(wanted, &error);
	g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(kept_free);
	bool done = index != NULL;
	int status = EX_NOINPUT;

	if (done && count == 0)
		done = find_one(index, wanted, NULL, found, &error);
	for (int i = 0; done && i < count; i++)
		done = find_one(index, wanted, ids[i], found, &error);
	if (!done)
		fprintf(stderr, "mailscanner quarantine: %s\n", error->message);
	else if (found->len > 0 || count == 0)
		status = action->run(index, found, wanted);
	if (index != NULL)
		kept_close(index);
	return status;
}

static int
run(const struct cmd_global *global, int argc, char **argv)
{
	static struct quarantine_wanted wanted = { .days = 30 };
	const GOptionEntry entries[] = {
		{ "from", 0, 0, G_OPTION_ARG_STRING, &wanted.from,
		    "Only of senders that contain this", "TEXT" },
		{ "to", 0, 0, G_OPTION_ARG_STRING, &wanted.to,
		    "Only with a recipient that contains this", "TEXT" },
		{ "reason", 0, 0, G_OPTION_ARG_STRING, &wanted.reason,
		    "Only with a finding or subject that contains this", "TEXT" },
		{ "since", 0, 0, G_OPTION_ARG_STRING, &wanted.since, "Not before this day",
		    "YYYYMMDD" },
		{ "until", 0, 0, G_OPTION_ARG_STRING, &wanted.until, "Not after this day",
		    "YYYYMMDD" },
		{ "directory", 0, 0, G_OPTION_ARG_FILENAME, &wanted.directory,
		    "Another quarantine than that of the configuration", "DIR" },
		{ "recipient", 0, 0, G_OPTION_ARG_STRING_ARRAY, &wanted.recipients,
		    "release: to this address instead (may be repeated)", "ADDRESS" },
		{ "by", 0, 0, G_OPTION_ARG_STRING, &wanted.by,
		    "release: who does so, for the header", "NAME" },
		{ "again", 0, 0, G_OPTION_ARG_NONE, &wanted.again,
		    "release: though it was released before", NULL },
		{ "file", 0, 0, G_OPTION_ARG_FILENAME, &wanted.file,
		    "show: write this file of it to standard output", "NAME" },
		{ "message", 0, 0, G_OPTION_ARG_NONE, &wanted.message,
		    "show: print the message itself", NULL },
		{ "days", 0, 0, G_OPTION_ARG_INT, &wanted.days, "clean: keep this many days (30)",
		    "N" },
		{ "json", 0, 0, G_OPTION_ARG_NONE, &wanted.json,
		    "ls, show, release: print an array", NULL },
		{ 0 },
	};
	int status;

	if (!cmd_options(&cmd_quarantine, "ls|show|release|delete|clean [ID...]", entries, &argc,
		&argv, &status))
		return status;
	const struct action *action = action_named(argc > 1 ? argv[1] : NULL);
	if (action == NULL || (action->needs_id && argc < 3) || wanted.days < 0) {
		fprintf(stderr, "usage:\n");
		for (size_t i = 0; i < G_N_ELEMENTS(actions); i++)
			fprintf(stderr, "  mailscanner quarantine %s%s\n      %s\n",
			    actions[i].name, actions[i].arguments, actions[i].summary);
		return EX_USAGE;
	}
	struct diagnostics *diagnostics = cmd_load(global, SEVERITY_ERROR);
	if (diagnostics == NULL)
		return EX_CONFIG;
	diagnostics_free(diagnostics);
	return act(action, &wanted, argc - 2, argv + 2);
}

const struct cmd cmd_quarantine = {
	.name = "quarantine",
	.summary = "List, show, release, delete and clean up what is in the quarantine",
	.run = run,
};
