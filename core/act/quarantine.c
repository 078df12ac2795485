/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Used for messages that have stopped workers: no parsing here, only bytes from the queue entry to
 * files. The envelope file comes last, so where it is the rest is there too.
 */
#include "core/act/quarantine.h"

#include "core/act/keep.h"
#include "core/log/lines.h"
#include "core/log/log.h"
#include "rules/directives.h"
#include "spool/fd.h"

static bool
write_piece(const char *bytes, size_t length, void *data, GError **error)
{
	return keepfile_write(data, bytes, length, error);
}

static bool
store_message(const struct spool_entry *entry, int directory, const struct keepfile_access *access,
    GError **error)
{
	g_autoptr(GString) header = keep_header(entry);
	struct keepfile file;

	g_string_append_c(header, '\n');
	bool done = keepfile_create(&file, directory, access, error) &&
		    keepfile_write(&file, header->str, header->len, error) &&
		    keep_body(entry, write_piece, &file, error) &&
		    keep_publish(&file, "message", error);
	keepfile_clear(&file);
	return done;
}

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

static GString *
envelope_text(const struct spool_entry *entry)
{
	const struct envelope *envelope = entry->envelope;
	g_autoptr(GDateTime) received =
	    envelope->received > 0 ? g_date_time_new_from_unix_utc(envelope->received) : NULL;
	g_autofree char *stamp = received != NULL ? g_date_time_format_iso8601(received) : NULL;
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
	for (unsigned i = 0; i < envelope->recipients->len; i++) {
		const struct recipient *recipient = g_ptr_array_index(envelope->recipients, i);

		add_address(text, "Recipient", recipient->address);
	}
	return text;
}

static bool
store_envelope(const struct spool_entry *entry, int directory, const struct keepfile_access *access,
    GError **error)
{
	g_autoptr(GString) text = envelope_text(entry);
	struct keepfile file;
	bool done = keepfile_create(&file, directory, access, error) &&
		    keepfile_write(&file, text->str, text->len, error) &&
		    keep_publish(&file, "envelope", error);

	keepfile_clear(&file);
	return done;
}

static bool
store(
    struct spool_entry *entry, int directory, const struct keepfile_access *access, GError **error)
{
	bool stored = quarantine_whole_messages_as_queue_files_for(NULL)
			  ? keep_queue_files(entry, directory, access, error)
			  : store_message(entry, directory, access, error);

	return stored && store_envelope(entry, directory, access, error) &&
	       keepfile_sync_directory(directory, entry->id, error);
}

bool
quarantine_message(struct message *message, GError **error)
{
	g_autofree char *day = keep_day();
	g_autofree char *id = keep_part(message_id(message));
	const char *top = quarantine_dir_for(message->subject);
	g_autofree char *path = g_build_filename(top, day, id, NULL);
	struct keepfile_access access;

	keep_access(&access);
	autofd above = keepfile_open_path(top, &access, error);
	autofd parent = above < 0 ? -1 : keepfile_open_directory(above, day, &access, error);
	autofd directory = parent < 0 ? -1 : keepfile_open_directory(parent, id, &access, error);

	if (directory < 0 || !store(message->entry, directory, &access, error)) {
		g_prefix_error(error, "quarantine in %s: ", path);
		return false;
	}
	message_find(message, FINDING_copy, "quarantine", path);
	lines_saved_whole(message_id(message), path);
	return true;
}

bool
quarantine_crasher(struct message *message, GError **error)
{
	const char *id = message_id(message);

	if (!quarantine_denial_of_service_for(message->subject)) {
		log_message(LOG_WARNING, id,
		    "Message %s has stopped its worker too often: it stays in the queue and is not "
		    "tried again (Quarantine Denial Of Service is no)",
		    id);
		message_settle(message, FATE_HOLD, "quarantine", "it was tried too many times");
		return true;
	}
	if (!quarantine_message(message, error))
		return false;
	lines_quarantined_crasher(id);
	message_settle(message, FATE_DROP, "quarantine", "it was tried too many times");
	return true;
}
