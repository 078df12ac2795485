/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mailscanner show ID: all that is known of a message in an incoming queue.
 *
 * The text is made while the message is locked, so what is shown belongs together, and printed after,
 * so that a pager that waits for its reader holds up no mail.
 */
#include "cmd/commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "cmd/message_view.h"
#include "cmd/parts_view.h"
#include "cmd/screen.h"
#include "core/engine/pipeline.h"
#include "core/plugin/dump.h"
#include "core/plugin/functions.h"
#include "core/read/reader.h"
#include "spool/eml.h"

struct wanted {
	gboolean json;
	struct reader *reader; /* where the parts are wanted; else NULL */
};

static void
put_field(FILE *out, const char *label, const char *text)
{
	g_autofree char *safe = text != NULL ? screen_text(text) : NULL;

	if (safe != NULL && *safe != '\0')
		fprintf(out, "%-12s %s\n", label, safe);
}

static void
put_files(FILE *out, const struct spool_entry *entry)
{
	const char *const *name = entry->format->files(entry);

	for (const char *label = "Files:"; *name != NULL; name++, label = "") {
		g_autofree char *path = g_build_filename(entry->place->path, *name, NULL);

		put_field(out, label, path);
	}
}

static void
put_client(FILE *out, const struct envelope *envelope)
{
	put_field(out, "Client:", envelope->client_ip);
	put_field(out, "Host name:", envelope->client_name);
	put_field(out, "HELO:", envelope->helo);
	put_field(out, "Protocol:", envelope->protocol);
	put_field(out, "Login:", envelope->auth_id);
}

static void
put_recipients(FILE *out, const struct surveyed *message)
{
	for (unsigned i = 0; i < message->recipients->len; i++)
		put_field(
		    out, i == 0 ? "Recipients:" : "", g_ptr_array_index(message->recipients, i));
}

static void
put_attempts(FILE *out, const struct surveyed *message)
{
	if (message->attempts > 0)
		fprintf(out, "%-12s %u, each ended its worker\n", "Attempts:", message->attempts);
}

/* A field line by line, two blanks before each. */
static void
put_header_field(FILE *out, const struct header_field *field)
{
	g_autofree char *text = g_utf8_make_valid(field->text, (gssize)field->length);
	g_auto(GStrv) lines = g_strsplit(g_strchomp(text), "\n", -1);

	for (char **line = lines; *line != NULL; line++) {
		g_strdelimit(*line, "\t", ' ');
		g_autofree char *safe = screen_text(*line);

		fprintf(out, "  %s\n", safe);
	}
}

static void
put_header(FILE *out, const struct header_list *headers)
{
	fputs("\nHeader:\n", out);
	for (size_t i = 0; i < header_list_count(headers); i++) {
		const struct header_field *field = header_list_at(headers, i);

		if (!field->deleted)
			put_header_field(out, field);
	}
}

static void
put_message(FILE *out, const struct surveyed *message, const struct spool_entry *entry)
{
	g_autofree char *state = message_view_state(message);
	g_autofree char *received = screen_time(message->received);
	g_autofree char *size = g_strdup_printf("%" G_GUINT64_FORMAT " bytes", message->size);

	put_field(out, "Id:", message->id);
	put_field(out, "Queue:", message->directory);
	if (entry != NULL)
		put_files(out, entry);
	fprintf(out, "%-12s %s\n", "State:", state);
	put_attempts(out, message);
	put_field(out, "Received:", received);
	put_field(out, "Size:", message->size > 0 ? size : NULL);
	if (!message->read || entry == NULL)
		return;
	put_field(out, "Sender:", *message->sender != '\0' ? message->sender : "<>");
	put_recipients(out, message);
	put_client(out, entry->envelope);
	if (entry->headers != NULL)
		put_header(out, entry->headers);
}

/* Text that something prints into a file. The caller's. */
static char *
printed(void (*print)(FILE *out, const void *data), const void *data)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	if (out == NULL)
		return NULL;
	print(out, data);
	fclose(out);
	char *copy = g_strdup(text);
	free(text);
	return copy;
}

struct found {
	const struct surveyed *surveyed; /* NULL: a file that lies in no queue */
	struct message *message;	 /* NULL: it could not be read */
	const struct spool_entry *entry; /* of the message */
};

static void
put_found(FILE *out, const void *data)
{
	const struct found *found = data;

	put_message(out, found->surveyed, found->entry);
}

static void
put_parts(FILE *out, const void *data)
{
	const struct found *found = data;

	parts_view_print(out, found->message, screen_has_colours());
}

static char *
found_text(const struct found *found, const struct wanted *wanted)
{
	if (wanted->json)
		return screen_json_text(found->surveyed != NULL
					    ? message_view_whole(found->surveyed, found->message)
					    : dump_object(found->message->subject));
	return printed(wanted->reader != NULL ? put_parts : put_found, found);
}

/* What is to be printed of the n-th message; NULL when it is gone, or can't be read though its parts are wanted. The caller's. */
static char *
queued_text(struct survey *survey, unsigned n, const struct wanted *wanted)
{
	struct spool_entry *entry;
	struct surveyed *surveyed = survey_take(survey, n, &entry);
	bool readable = surveyed != NULL && surveyed->read && entry != NULL;
	struct found found = { surveyed, readable ? message_new(entry) : NULL, entry };
	char *text = NULL;

	if (readable && wanted->reader != NULL)
		pipeline_judge(wanted->reader, found.message);
	if (surveyed != NULL && (readable || wanted->reader == NULL))
		text = found_text(&found, wanted);
	if (readable)
		message_free(found.message);
	else
		spool_entry_free(entry);
	surveyed_free(surveyed);
	return text;
}

/* Shows every message of that id (two queues may have the same). Returns how many. */
static unsigned
show_all(struct survey *survey, const struct wanted *wanted)
{
	unsigned shown = 0;

	for (unsigned i = 0; i < survey_count(survey); i++) {
		g_autofree char *text = queued_text(survey, i, wanted);

		if (text != NULL)
			printf("%s%s", shown++ > 0 ? "\n" : "", text);
	}
	return shown;
}

static int
show_queued(const char *id, const struct wanted *wanted)
{
	g_autoptr(GError) error = NULL;
	struct survey *survey = survey_new(id, &error);

	if (survey == NULL) {
		fprintf(stderr, "mailscanner show: %s\n", error->message);
		return EX_CONFIG;
	}
	unsigned shown = show_all(survey, wanted);
	survey_free(survey);
	if (shown > 0)
		return EX_OK;
	fprintf(stderr, "mailscanner show: no message %s lies in an incoming queue\n", id);
	return EX_NOINPUT;
}

static int
show_file(const char *path, const struct wanted *wanted)
{
	g_autoptr(GError) error = NULL;
	struct spool_entry *entry = eml_open(path, NULL, NULL, NULL, &error);

	if (entry == NULL) {
		fprintf(stderr, "mailscanner show: %s\n", error->message);
		return EX_NOINPUT;
	}
	struct found found = { NULL, message_new(entry), entry };
	pipeline_judge(wanted->reader, found.message);
	g_autofree char *text = found_text(&found, wanted);
	fputs(text, stdout);
	message_free(found.message);
	return EX_OK;
}

static int
show_parts(const char *what, struct wanted *wanted)
{
	g_autoptr(GError) error = NULL;

	wanted->reader = reader_start(false, &error);
	if (wanted->reader == NULL) {
		fprintf(stderr, "mailscanner show: %s\n", error->message);
		return EX_OSERR;
	}
	struct functions *functions = cmd_start_functions();
	bool is_file = strchr(what, '/') != NULL || g_file_test(what, G_FILE_TEST_IS_REGULAR);
	int status = is_file ? show_file(what, wanted) : show_queued(what, wanted);

	functions_end(functions);
	reader_stop(wanted->reader);
	return status;
}

static int
run(const struct cmd_global *global, int argc, char **argv)
{
	struct wanted wanted = { 0 };
	gboolean parts = FALSE;
	const GOptionEntry entries[] = {
		{ "json", 0, 0, G_OPTION_ARG_NONE, &wanted.json,
		    "Print an object: mailscanner-message(5)", NULL },
		{ "parts", 0, 0, G_OPTION_ARG_NONE, &parts,
		    "Show what is in it and what is found in that; also of a message file", NULL },
		{ 0 },
	};
	int status;

	if (!cmd_options(&cmd_show, "ID|FILE.eml", entries, &argc, &argv, &status))
		return status;
	if (argc != 2) {
		fprintf(stderr, "mailscanner show: expected the id of one message\n");
		return EX_USAGE;
	}
	struct diagnostics *diagnostics = cmd_load(global, SEVERITY_ERROR);
	if (diagnostics == NULL)
		return EX_CONFIG;
	diagnostics_free(diagnostics);
	return parts ? show_parts(argv[1], &wanted) : show_queued(argv[1], &wanted);
}

const struct cmd cmd_show = {
	.name = "show",
	.summary = "Show a message of an incoming queue: envelope, header, files, attempts, parts",
	.run = run,
};
