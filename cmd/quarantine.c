/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mailscanner quarantine ls|show|release|delete|clean: what was kept, for the people who keep it.
 */
#include "cmd/commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "cmd/screen.h"
#include "core/act/kept.h"
#include "rules/directives.h"

struct wanted {
	char *from, *to, *reason, *since, *until, *directory, *by;
	char **recipients;
	gboolean json, message;
	int days;
};

/* A subcommand of the subcommand: runs on the entries that were found. */
struct action {
	const char *name, *arguments, *summary;
	bool needs_id;
	int (*run)(struct kept_index *index, const GPtrArray *found, const struct wanted *wanted);
};

static json_t *
kept_json(const struct kept *kept)
{
	json_t *object = json_object();
	g_autoptr(GPtrArray) files = kept_files(kept);
	json_t *names = json_array();
	g_auto(GStrv) recipients =
	    g_strsplit(kept->recipients, " ", *kept->recipients != '\0' ? -1 : 1);
	g_auto(GStrv) findings = g_strsplit(kept->findings, "\n", -1);
	json_t *to = json_array(), *reasons = json_array();

	for (unsigned i = 0; i < files->len; i++)
		json_array_append_new(names, screen_json(g_ptr_array_index(files, i)));
	for (char **one = recipients; *one != NULL; one++)
		json_array_append_new(to, screen_json(*one));
	for (char **one = findings; *one != NULL; one++)
		json_array_append_new(reasons, screen_json(*one));
	json_object_set_new(object, "id", screen_json(kept->id));
	json_object_set_new(object, "day", screen_json(kept->day));
	json_object_set_new(object, "kind", screen_json(kept->kind));
	json_object_set_new(object, "path", screen_json(kept->path));
	json_object_set_new(object, "stored", json_integer(kept->stored));
	json_object_set_new(object, "sender", screen_json(kept->sender));
	json_object_set_new(object, "recipients", to);
	json_object_set_new(object, "subject", screen_json(kept->subject));
	json_object_set_new(object, "findings", reasons);
	json_object_set_new(object, "whole", json_boolean(kept->whole));
	json_object_set_new(object, "bytes", json_integer((json_int_t)kept->bytes));
	json_object_set_new(object, "files", names);
	return object;
}

static void
print_json(const GPtrArray *found)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < found->len; i++)
		json_array_append_new(list, kept_json(g_ptr_array_index(found, i)));
	json_dumpf(list, stdout, JSON_PRESERVE_ORDER | JSON_ENSURE_ASCII | JSON_INDENT(2));
	putchar('\n');
	json_decref(list);
}

/* The first line. The caller's. */
static char *
first_line(const char *text)
{
	g_autofree char *line = g_strndup(text, strcspn(text, "\n"));

	return screen_text(line);
}

static int
run_ls(struct kept_index *index, const GPtrArray *found, const struct wanted *wanted)
{
	static const char *const titles[] = { "Day", "Id", ">Size", "Sender", "Recipients", "Kept",
		"Reason", NULL };

	(void)index;
	if (wanted->json) {
		print_json(found);
		return EX_OK;
	}
	struct screen_table *table = screen_table_new(titles);
	for (unsigned i = 0; i < found->len; i++) {
		const struct kept *kept = g_ptr_array_index(found, i);
		char **cells = g_new0(char *, G_N_ELEMENTS(titles));

		cells[0] = screen_text(kept->day);
		cells[1] = screen_text(kept->id);
		cells[2] = screen_size(kept->bytes);
		cells[3] = screen_text(*kept->sender != '\0' ? kept->sender : "<>");
		cells[4] = screen_text(kept->recipients);
		cells[5] = g_strdup(kept->whole ? "whole" : "files");
		cells[6] = first_line(*kept->findings != '\0' ? kept->findings : kept->kind);
		screen_table_add(table, cells, SCREEN_PLAIN);
	}
	screen_table_end(table);
	return EX_OK;
}

static void
put(const char *label, const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (char **line = lines; *line != NULL; line++, label = "") {
		g_autofree char *safe = screen_text(*line);

		if (*safe != '\0')
			printf("%-12s %s\n", label, safe);
	}
}

static int
print_message(const struct kept *kept)
{
	static const char *const nothing[] = { NULL };
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) message = kept_message(kept, nothing, &error);

	if (message == NULL) {
		fprintf(stderr, "mailscanner quarantine: %s\n", error->message);
		return EX_NOINPUT;
	}
	fwrite(g_bytes_get_data(message, NULL), 1, g_bytes_get_size(message), stdout);
	return EX_OK;
}

static int
run_show(struct kept_index *index, const GPtrArray *found, const struct wanted *wanted)
{
	(void)index;
	if (wanted->json) {
		print_json(found);
		return EX_OK;
	}
	for (unsigned i = 0; i < found->len; i++) {
		const struct kept *kept = g_ptr_array_index(found, i);
		g_autoptr(GPtrArray) files = kept_files(kept);
		g_autofree char *stored = screen_time(kept->stored);
		g_autofree char *size = screen_size(kept->bytes);

		if (wanted->message)
			return print_message(kept);
		if (i > 0)
			putchar('\n');
		put("Id:", kept->id);
		put("Directory:", kept->path);
		put("Stored:", stored);
		put("Size:", size);
		put("Sender:", *kept->sender != '\0' ? kept->sender : "<>");
		put("Recipients:", kept->recipients);
		put("Subject:", kept->subject);
		put("Findings:", kept->findings);
		put("Kept:", kept->whole ? "the whole message" : "files of it");
		for (unsigned n = 0; n < files->len; n++)
			put(n == 0 ? "Files:" : "", g_ptr_array_index(files, n));
	}
	return EX_OK;
}

/* "X-Example-MailScanner:" -> "X-Example-MailScanner-Released". */
static char *
released_header(void)
{
	g_autofree char *name = g_strdup(mail_header_for(NULL));

	name[strcspn(name, ":")] = '\0';
	return g_strconcat(*name != '\0' ? name : "X-MailScanner", "-Released", NULL);
}

static int
run_release(struct kept_index *index, const GPtrArray *found, const struct wanted *wanted)
{
	g_autofree char *header = released_header();
	const char *second = sendmail2_for(NULL);
	const char *command = *second != '\0' ? second : sendmail_for(NULL);
	const char *by = wanted->by != NULL ? wanted->by : g_get_user_name();
	int status = EX_OK;

	(void)index;
	for (unsigned i = 0; i < found->len; i++) {
		const struct kept *kept = g_ptr_array_index(found, i);
		g_autoptr(GError) error = NULL;

		if (kept_release(kept, command, (const char *const *)wanted->recipients, header, by,
			&error)) {
			printf("%s: released\n", kept->id);
			continue;
		}
		fprintf(stderr, "mailscanner quarantine: %s\n", error->message);
		status = g_error_matches(error, KEPT_ERROR, KEPT_ERROR_REFUSED) ? EX_DATAERR
										: EX_TEMPFAIL;
	}
	return status;
}

static int
delete_all(struct kept_index *index, const GPtrArray *found)
{
	struct screen_progress progress = { 0 };
	unsigned removed = 0;
	int status = EX_OK;

	for (unsigned i = 0; i < found->len; i++) {
		g_autoptr(GError) error = NULL;

		if (kept_delete(index, g_ptr_array_index(found, i), &error)) {
			removed++;
		} else {
			fprintf(stderr, "mailscanner quarantine: %s\n", error->message);
			status = EX_CANTCREAT;
		}
		screen_progress(&progress, "removing", i + 1, found->len);
	}
	printf("%u removed\n", removed);
	return status;
}

static int
run_delete(struct kept_index *index, const GPtrArray *found, const struct wanted *wanted)
{
	(void)wanted;
	return delete_all(index, found);
}

static int
run_clean(struct kept_index *index, const GPtrArray *found, const struct wanted *wanted)
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
	return delete_all(index, old);
}

static const struct action actions[] = {
	{ "ls", "", "list what is kept", false, run_ls },
	{ "show", " ID", "show one: envelope, findings, files; --message prints the message itself",
	    true, run_show },
	{ "release", " ID...",
	    "give the whole message back: to its recipients, or those that --recipient names", true,
	    run_release },
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
open_index(const struct wanted *wanted, GError **error)
{
	struct screen_progress progress = { 0 };
	const char *root = wanted->directory != NULL ? wanted->directory : quarantine_dir_for(NULL);

	return kept_open(root, state_dir_for(NULL), show_progress, &progress, error);
}

static bool
find_one(struct kept_index *index, const struct wanted *wanted, const char *id, GPtrArray *found,
    GError **error)
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
act(const struct action *action, const struct wanted *wanted, int count, char **ids)
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
	static struct wanted wanted = { .days = 30 };
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
		{ "message", 0, 0, G_OPTION_ARG_NONE, &wanted.message,
		    "show: print the message itself", NULL },
		{ "days", 0, 0, G_OPTION_ARG_INT, &wanted.days, "clean: keep this many days (30)",
		    "N" },
		{ "json", 0, 0, G_OPTION_ARG_NONE, &wanted.json, "ls, show: print an array", NULL },
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
