/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is kept, for people and for programs. Files are written as they are: whoever asks for one by name wants its bytes.
 */
#include "cmd/quarantine.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "cmd/screen.h"
#include "core/act/keep.h"
#include "core/act/kept_envelope.h"
#include "core/act/release_note.h"
#include "spool/fd.h"

/* A list of strings, from lines. */
static json_t *
lines_json(const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	json_t *list = json_array();

	for (char **line = lines; *line != NULL; line++)
		json_array_append_new(list, screen_json(*line));
	return list;
}

/* Seconds since the epoch, as all times are; null for what somebody else wrote there. */
static json_t *
stamp_json(const char *stamp)
{
	g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(stamp, NULL);

	return time == NULL ? json_null() : json_integer(g_date_time_to_unix(time));
}

static void
take_note_line(const char *name, const char *value, void *data)
{
	g_autofree char *key = g_ascii_strdown(name, -1);

	if (strcmp(key, "recipient") == 0)
		json_array_append_new(json_object_get(data, "recipients"), screen_json(value));
	else if (strcmp(key, "released") == 0)
		json_object_set_new(data, key, stamp_json(value));
	else
		json_object_set_new(data, key, screen_json(value));
}

static json_t *
notes_json(const struct kept *kept)
{
	g_autoptr(GPtrArray) notes = release_notes(kept, NULL);
	json_t *list = json_array();

	for (unsigned i = 0; i < notes->len; i++) {
		json_t *note = json_object();

		json_object_set_new(note, "recipients", json_array());
		kept_lines(g_ptr_array_index(notes, i), take_note_line, note);
		json_array_append_new(list, note);
	}
	return list;
}

static json_t *
kept_json(const struct kept *kept)
{
	json_t *object = json_object();
	g_autoptr(GPtrArray) files = kept_files(kept);
	json_t *names = json_array();

	for (unsigned i = 0; i < files->len; i++)
		json_array_append_new(names, screen_json(g_ptr_array_index(files, i)));
	json_object_set_new(object, "id", screen_json(kept->id));
	json_object_set_new(object, "day", screen_json(kept->day));
	json_object_set_new(object, "kind", screen_json(kept->kind));
	json_object_set_new(object, "path", screen_json(kept->path));
	json_object_set_new(object, "stored", json_integer(kept->stored));
	json_object_set_new(object, "sender", screen_json(kept->sender));
	json_object_set_new(object, "recipients", lines_json(kept->recipients));
	json_object_set_new(object, "subject", screen_json(kept->subject));
	json_object_set_new(object, "findings", lines_json(kept->findings));
	json_object_set_new(object, "whole", json_boolean(kept->whole));
	json_object_set_new(object, "bytes", json_integer((json_int_t)kept->bytes));
	json_object_set_new(object, "files", names);
	json_object_set_new(object, "released", notes_json(kept));
	return object;
}

static int
print_json(const GPtrArray *found)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < found->len; i++)
		json_array_append_new(list, kept_json(g_ptr_array_index(found, i)));
	json_dumpf(list, stdout, JSON_PRESERVE_ORDER | JSON_ENSURE_ASCII | JSON_INDENT(2));
	putchar('\n');
	json_decref(list);
	return EX_OK;
}

/* The first line. The caller's. */
static char *
first_line(const char *text)
{
	g_autofree char *line = g_strndup(text, strcspn(text, "\n"));

	return screen_text(line);
}

/* All lines on one. The caller's. */
static char *
one_line(const char *text)
{
	g_autofree char *line = g_strdelimit(g_strdup(text), "\n", ' ');

	return screen_text(line);
}

static char *
state_of(const struct kept *kept)
{
	g_autoptr(GPtrArray) notes = release_notes(kept, NULL);
	const char *what = kept->whole ? "whole" : "files";

	return notes->len > 0 ? g_strconcat(what, ", released", NULL) : g_strdup(what);
}

int
quarantine_ls(const GPtrArray *found, const struct quarantine_wanted *wanted)
{
	static const char *const titles[] = { "Day", "Id", ">Size", "Sender", "Recipients", "Kept",
		"Reason", NULL };

	if (wanted->json)
		return print_json(found);
	struct screen_table *table = screen_table_new(titles);
	for (unsigned i = 0; i < found->len; i++) {
		const struct kept *kept = g_ptr_array_index(found, i);
		char **cells = g_new0(char *, G_N_ELEMENTS(titles));

		cells[0] = screen_text(kept->day);
		cells[1] = screen_text(kept->id);
		cells[2] = screen_size(kept->bytes);
		cells[3] = screen_text(*kept->sender != '\0' ? kept->sender : "<>");
		cells[4] = one_line(kept->recipients);
		cells[5] = state_of(kept);
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

	for (char **line = lines; *line != NULL; line++) {
		g_autofree char *safe = screen_text(*line);

		if (*safe == '\0')
			continue;
		printf("%-12s %s\n", label, safe);
		label = "";
	}
}

static void
put_notes(const struct kept *kept)
{
	g_autoptr(GPtrArray) notes = release_notes(kept, NULL);

	for (unsigned i = 0; i < notes->len; i++)
		put("Released:", g_ptr_array_index(notes, i));
}

static void
print_entry(const struct kept *kept)
{
	g_autoptr(GPtrArray) files = kept_files(kept);
	g_autofree char *stored = screen_time(kept->stored);
	g_autofree char *size = screen_size(kept->bytes);

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
	put_notes(kept);
}

static bool
write_out(const char *bytes, size_t length, void *data, GError **error)
{
	(void)data;
	if (fwrite(bytes, 1, length, stdout) == length)
		return true;
	g_set_error(error, KEPT_ERROR, KEPT_ERROR_SYSTEM, "standard output: %s", g_strerror(errno));
	return false;
}

static bool
flush_out(GError **error)
{
	return fflush(stdout) == 0 || write_out("", 1, NULL, error);
}

static int
print_message(const struct kept *kept)
{
	g_autoptr(GError) error = NULL;
	struct spool_entry *entry = kept_entry(kept, &error);

	if (entry == NULL)
		return quarantine_complain(error);
	g_autoptr(GString) header = keep_header(entry);
	bool done = write_out(header->str, header->len, NULL, &error) &&
		    write_out("\n", 1, NULL, &error) && keep_body(entry, write_out, NULL, &error) &&
		    flush_out(&error);

	spool_entry_free(entry);
	return done ? EX_OK : quarantine_complain(error);
}

static int
print_file(const struct kept *kept, const char *name)
{
	g_autoptr(GError) error = NULL;
	autofd fd = kept_open_file(kept, name, &error);
	char piece[65536];
	ssize_t n = fd >= 0 ? 1 : 0;

	while (error == NULL && n > 0) {
		n = TEMP_FAILURE_RETRY(read(fd, piece, sizeof piece));
		if (n > 0)
			(void)!write_out(piece, (size_t)n, NULL, &error);
	}
	if (error == NULL && n < 0)
		g_set_error(&error, KEPT_ERROR, KEPT_ERROR_SYSTEM, "read %s/%s: %s", kept->path,
		    name, g_strerror(errno));
	if (error == NULL && flush_out(&error))
		return EX_OK;
	return quarantine_complain(error);
}

int
quarantine_show(const GPtrArray *found, const struct quarantine_wanted *wanted)
{
	const struct kept *first = g_ptr_array_index(found, 0);

	if (wanted->json)
		return print_json(found);
	if (wanted->message)
		return print_message(first);
	if (wanted->file != NULL)
		return print_file(first, wanted->file);
	for (unsigned i = 0; i < found->len; i++) {
		if (i > 0)
			putchar('\n');
		print_entry(g_ptr_array_index(found, i));
	}
	return EX_OK;
}
