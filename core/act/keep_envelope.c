/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is kept of a message that was split lies in one directory, so its envelope grows. The file is made anew then; until it is there
 * the message still lies in its queue, and is worked again after a crash.
 */
#include "core/act/keep_envelope.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "core/act/keep.h"
#include "core/act/kept_envelope.h"
#include "core/act/verdict.h"
#include "core/log/log.h"
#include "core/message/subject_line.h"
#include "spool/error.h"

#define NAME "envelope"

static void
add_field(GString *text, const char *name, const char *value)
{
	g_autofree char *safe = value != NULL ? log_escape(value) : NULL;

	if (safe != NULL && *safe != '\0')
		g_string_append_printf(text, "%s: %s\n", name, safe);
}

static void
add_address(GString *text, const char *name, const char *address)
{
	g_autofree char *bracketed = g_strdup_printf("<%s>", address);

	add_field(text, name, bracketed);
}

/* A name and a type that are forbidden for the same reason are told once. */
static void
add_findings(GString *text, const struct message *message)
{
	g_autoptr(GHashTable) told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (unsigned i = 0; i < message->findings->len; i++) {
		const struct finding *finding = g_ptr_array_index(message->findings, i);
		char *report = verdict_counts(finding) ? verdict_report(message, finding) : NULL;

		if (report != NULL && g_hash_table_add(told, report))
			add_field(text, "Finding", report);
	}
}

static GString *
envelope_text(const struct message *message)
{
	const struct spool_entry *entry = message->entry;
	g_autofree char *subject = subject_line_text(entry->headers);
	const struct envelope *envelope = entry->envelope;
	g_autoptr(GDateTime) received =
	    envelope->received > 0 ? g_date_time_new_from_unix_utc(envelope->received) : NULL;
	g_autofree char *stamp = received != NULL ? g_date_time_format_iso8601(received) : NULL;
	const GPtrArray *recipients = message_recipients(message);
	GString *text = g_string_new(NULL);

	add_field(text, "Id", entry->id);
	add_field(text, "Queue", entry->place->path);
	add_field(text, "Received", stamp);
	add_field(text, "Client-Address", envelope->client_ip);
	add_field(text, "Client-Name", envelope->client_name);
	add_field(text, "Helo", envelope->helo);
	add_field(text, "Protocol", envelope->protocol);
	add_field(text, "Authenticated", envelope->auth_id);
	add_address(text, "Sender", envelope->sender);
	for (unsigned i = 0; i < recipients->len; i++) {
		const struct recipient *recipient = g_ptr_array_index(recipients, i);

		add_address(text, "Recipient", recipient->address);
	}
	add_field(text, "Subject", subject);
	add_findings(text, message);
	return text;
}

/* What is there already, and the lines of `text` that it lacks. The caller's. */
static GString *
merge(const char *there, const char *text)
{
	g_auto(GStrv) old = g_strsplit(there, "\n", -1);
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	GString *merged = g_string_new(there);

	for (char **line = lines; *line != NULL; line++) {
		if (!g_strv_contains((const char *const *)old, *line))
			g_string_append_printf(merged, "%s\n", *line);
	}
	return merged;
}

static bool
store(const GString *text, int directory, const struct keepfile_access *access, GError **error)
{
	struct keepfile file;
	bool done = keepfile_create(&file, directory, access, error) &&
		    keepfile_write(&file, text->str, text->len, error) &&
		    keep_publish(&file, NAME, error);

	keepfile_clear(&file);
	return done;
}

bool
keep_envelope(const struct message *message, int directory, const struct keepfile_access *access,
    GError **error)
{
	g_autofree char *there = kept_lines_text(directory, NAME);
	g_autoptr(GString) text = envelope_text(message);

	if (there == NULL)
		return store(text, directory, access, error);
	g_autoptr(GString) merged = merge(there, text->str);
	if (strcmp(merged->str, there) == 0)
		return true;
	if (unlinkat(directory, NAME, 0) != 0 && errno != ENOENT)
		return spool_fail(error, SPOOL_ERROR_IO, "replace %s", NAME);
	return store(merged, directory, access, error);
}
