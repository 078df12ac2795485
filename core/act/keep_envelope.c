/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/act/keep_envelope.h"

#include <string.h>

#include "core/act/verdict.h"
#include "core/log/log.h"
#include "core/message/subject_line.h"

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

GString *
keep_envelope_text(const struct message *message)
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

bool
keep_envelope_merge(GString *text, const char *lines)
{
	g_auto(GStrv) there = g_strsplit(text->str, "\n", -1);
	g_auto(GStrv) wanted = g_strsplit(lines, "\n", -1);
	size_t before = text->len;

	for (char **line = wanted; *line != NULL; line++) {
		if (**line != '\0' && !g_strv_contains((const char *const *)there, *line))
			g_string_append_printf(text, "%s\n", *line);
	}
	return text->len > before;
}
