/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Contents come from the reader; here they are only packed, so nothing hostile is parsed.
 */
#include "core/act/pack.h"

#include <string.h>

#include <archive.h>
#include <archive_entry.h>

#include "core/act/contents.h"
#include "core/log/log.h"
#include "rules/directives.h"

static bool
ends_with_any(const char *name, const char *endings)
{
	g_auto(GStrv) words = g_strsplit_set(endings, ", \t", -1);
	g_autofree char *folded = g_utf8_casefold(name, -1);

	for (char **word = words; *word != NULL; word++) {
		g_autofree char *ending = g_utf8_casefold(*word, -1);

		if (*ending != '\0' && g_str_has_suffix(folded, ending))
			return true;
	}
	return false;
}

/* Inside of what somebody signed or encrypted nothing is moved. */
static bool
is_sealed(const struct facts *facts, unsigned n)
{
	for (int at = (int)n; at >= 0; at = facts_part(facts, (unsigned)at)->parent) {
		const struct part *part = facts_part(facts, (unsigned)at);

		if (part_has(part, PART_FACT_mime_signed) ||
		    part_has(part, PART_FACT_mime_encrypted))
			return true;
	}
	return false;
}

static bool
is_to_be_zipped(const struct message *message, unsigned n)
{
	const struct part *part = facts_part(message->facts, n);

	return n > 0 && part->kind == PART_LEAF && part->reading == 0 && *part->name != '\0' &&
	       strcmp(part->disposition, "attachment") == 0 && !part_has(part, PART_FACT_tnef) &&
	       !message_part_goes(message, n) && !is_sealed(message->facts, n) &&
	       !ends_with_any(part->name, attachment_extensions_not_to_zip_for(message->subject));
}

static la_ssize_t
append_bytes(struct archive *archive, void *data, const void *bytes, size_t length)
{
	(void)archive;
	g_byte_array_append(data, bytes, (unsigned)length);
	return (la_ssize_t)length;
}

static bool
add_file(struct archive *archive, const char *name, GBytes *bytes)
{
	struct archive_entry *entry = archive_entry_new();

	archive_entry_set_pathname_utf8(entry, name);
	archive_entry_set_size(entry, (la_int64_t)g_bytes_get_size(bytes));
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, 0644);
	bool done = archive_write_header(archive, entry) == ARCHIVE_OK &&
		    archive_write_data(archive, g_bytes_get_data(bytes, NULL),
			g_bytes_get_size(bytes)) == (la_ssize_t)g_bytes_get_size(bytes);

	archive_entry_free(entry);
	return done;
}

static bool
fill_archive(
    struct archive *archive, const struct message *message, const struct contents *contents)
{
	for (unsigned i = 0; i < contents->count; i++) {
		g_autoptr(GBytes) bytes = contents_bytes(contents, i);
		const char *name = facts_part(message->facts, contents->parts[i])->name;

		if (bytes == NULL || !add_file(archive, name, bytes))
			return false;
	}
	return true;
}

/* The archive, or NULL where not all of the files can be packed. */
static GBytes *
make_zip(const struct message *message, const struct contents *contents)
{
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	struct archive *archive = archive_write_new();
	bool done = archive_write_set_format_zip(archive) == ARCHIVE_OK &&
		    archive_write_set_options(archive, "hdrcharset=UTF-8") >= ARCHIVE_WARN &&
		    archive_write_open(archive, bytes, NULL, append_bytes, NULL) == ARCHIVE_OK &&
		    fill_archive(archive, message, contents);

	done = archive_write_close(archive) == ARCHIVE_OK && done;
	archive_write_free(archive);
	return done ? g_byte_array_free_to_bytes(g_steal_pointer(&bytes)) : NULL;
}

static void
plan_zip(struct message *message, const struct contents *contents)
{
	GBytes *zip = make_zip(message, contents);

	if (zip == NULL) {
		log_message(LOG_WARNING, message_id(message),
		    "%s: its attachments can't be packed and stay as they are",
		    message_id(message));
		return;
	}
	for (unsigned i = 0; i < contents->count; i++)
		message_edit_body(message, BODY_REMOVE, contents->parts[i], NULL, NULL, "packing");
	message_edit_body(message, BODY_APPEND, 0, NULL,
	    new_part_new("application/zip", NULL, attachments_zip_filename_for(message->subject),
		"attachment", zip),
	    "packing");
}

bool
pack_attachments(struct message *message, struct reader *reader, GError **error)
{
	struct subject *subject = message->subject;

	if (message->facts == NULL || !zip_attachments_for(subject) ||
	    *attachments_zip_filename_for(subject) == '\0')
		return true;
	unsigned count = message->facts->parts->len, found = 0;
	g_autofree bool *wanted = g_new0(bool, count);
	uint64_t bytes = 0;

	for (unsigned n = 0; n < count; n++) {
		wanted[n] = is_to_be_zipped(message, n);
		found += wanted[n];
		bytes += wanted[n] ? facts_part(message->facts, n)->size : 0;
	}
	if (found == 0 || (gint64)bytes < attachments_min_total_size_to_zip_for(subject))
		return true;
	struct contents contents;
	bool done = contents_fetch(&contents, message, reader, CONTENT_DECODED, wanted, error);
	if (done)
		plan_zip(message, &contents);
	contents_clear(&contents);
	return done;
}
