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
#include "core/plugin/functions.h"
#include "core/read/reader.h"
#include "spool/eml.h"

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

static void
set_text(json_t *object, const char *key, const char *text)
{
	json_object_set_new(
	    object, key, text != NULL && *text != '\0' ? screen_json(text) : json_null());
}

static json_t *
files_json(const struct spool_entry *entry)
{
	json_t *files = json_array();

	for (const char *const *name = entry->format->files(entry); *name != NULL; name++) {
		g_autofree char *path = g_build_filename(entry->place->path, *name, NULL);

		json_array_append_new(files, screen_json(path));
	}
	return files;
}

static json_t *
header_json(const struct header_list *headers)
{
	json_t *fields = json_array();

	for (size_t i = 0; i < header_list_count(headers); i++) {
		const struct header_field *field = header_list_at(headers, i);
		g_autofree char *text = g_utf8_make_valid(field->text, (gssize)field->length);

		if (!field->deleted)
			json_array_append_new(fields, screen_json(g_strchomp(text)));
	}
	return fields;
}

static json_t *
whole_json(const struct surveyed *message, const struct spool_entry *entry)
{
	json_t *object = message_view_json(message);

	if (entry != NULL)
		json_object_set_new(object, "files", files_json(entry));
	if (message->read && entry != NULL) {
		const struct envelope *envelope = entry->envelope;

		set_text(object, "client_ip", envelope->client_ip);
		set_text(object, "client_name", envelope->client_name);
		set_text(object, "helo", envelope->helo);
		set_text(object, "protocol", envelope->protocol);
		set_text(object, "login", envelope->auth_id);
	}
	if (message->read && entry != NULL && entry->headers != NULL)
		json_object_set_new(object, "header", header_json(entry->headers));
	return object;
}

static void
put_json(FILE *out, const struct surveyed *message, const struct spool_entry *entry)
{
	json_t *object = whole_json(message, entry);

	json_dumpf(object, out, JSON_PRESERVE_ORDER | JSON_ENSURE_ASCII | JSON_INDENT(2));
	fputc('\n', out);
	json_decref(object);
}

/* What is to be printed of the n-th message; NULL when it is gone. To be freed with free(). */
static char *
message_text(struct survey *survey, unsigned n, gboolean json)
{
	struct spool_entry *entry;
	struct surveyed *message = survey_take(survey, n, &entry);
	char *text = NULL;
	size_t length;
	FILE *out = message != NULL ? open_memstream(&text, &length) : NULL;

	if (out != NULL) {
		(json ? put_json : put_message)(out, message, entry);
		fclose(out);
	}
	spool_entry_free(entry);
	surveyed_free(message);
	return text;
}

/* The parts of a message, whose entry is taken over. To be freed with free(). */
static char *
parts_text(struct reader *reader, struct spool_entry *entry, gboolean json)
{
	struct message *message = message_new(entry);
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	pipeline_judge(reader, message);
	if (out != NULL && json) {
		json_t *object = parts_view_json(message);

		json_dumpf(object, out, JSON_PRESERVE_ORDER | JSON_ENSURE_ASCII | JSON_INDENT(2));
		fputc('\n', out);
		json_decref(object);
	} else if (out != NULL) {
		parts_view_print(out, message, screen_has_colours());
	}
	if (out != NULL)
		fclose(out);
	message_free(message);
	return text;
}

static char *
queued_parts_text(struct survey *survey, unsigned n, struct reader *reader, gboolean json)
{
	struct spool_entry *entry;
	struct surveyed *message = survey_take(survey, n, &entry);
	bool readable = message != NULL && message->read && entry != NULL;
	char *text = NULL;

	if (readable)
		text = parts_text(reader, entry, json);
	else
		spool_entry_free(entry);
	surveyed_free(message);
	return text;
}

/* Shows every message of that id (two queues may have the same): its parts where there is a reader. Returns how many. */
static unsigned
show_all(struct survey *survey, struct reader *reader, gboolean json)
{
	unsigned shown = 0;

	for (unsigned i = 0; i < survey_count(survey); i++) {
		char *text = reader != NULL ? queued_parts_text(survey, i, reader, json)
					    : message_text(survey, i, json);

		if (text == NULL)
			continue;
		printf("%s%s", shown++ > 0 ? "\n" : "", text);
		free(text);
	}
	return shown;
}

static int
show_queued(const char *id, struct reader *reader, gboolean json)
{
	g_autoptr(GError) error = NULL;
	struct survey *survey = survey_new(id, &error);

	if (survey == NULL) {
		fprintf(stderr, "mailscanner show: %s\n", error->message);
		return EX_CONFIG;
	}
	unsigned shown = show_all(survey, reader, json);
	survey_free(survey);
	if (shown > 0)
		return EX_OK;
	fprintf(stderr, "mailscanner show: no message %s lies in an incoming queue\n", id);
	return EX_NOINPUT;
}

static int
show_file(const char *path, struct reader *reader, gboolean json)
{
	g_autoptr(GError) error = NULL;
	struct spool_entry *entry = eml_open(path, NULL, NULL, NULL, &error);

	if (entry == NULL) {
		fprintf(stderr, "mailscanner show: %s\n", error->message);
		return EX_NOINPUT;
	}
	char *text = parts_text(reader, entry, json);
	fputs(text, stdout);
	free(text);
	return EX_OK;
}

static int
show_parts(const char *what, gboolean json)
{
	g_autoptr(GError) error = NULL;
	struct reader *reader = reader_start(false, &error);

	if (reader == NULL) {
		fprintf(stderr, "mailscanner show: %s\n", error->message);
		return EX_OSERR;
	}
	struct functions *functions = cmd_start_functions();
	bool is_file = strchr(what, '/') != NULL || g_file_test(what, G_FILE_TEST_IS_REGULAR);
	int status = is_file ? show_file(what, reader, json) : show_queued(what, reader, json);

	functions_end(functions);
	reader_stop(reader);
	return status;
}

static int
run(const struct cmd_global *global, int argc, char **argv)
{
	gboolean json = FALSE, parts = FALSE;
	const GOptionEntry entries[] = {
		{ "json", 0, 0, G_OPTION_ARG_NONE, &json, "Print an object", NULL },
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
	return parts ? show_parts(argv[1], json) : show_queued(argv[1], NULL, json);
}

const struct cmd cmd_show = {
	.name = "show",
	.summary = "Show a message of an incoming queue: envelope, header, files, attempts, parts",
	.run = run,
};
