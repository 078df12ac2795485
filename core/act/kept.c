/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A message that is given back goes to the MTA by its own front door: it accepts it as any MTA accepts mail, durably, into the queue
 * that it delivers from, which nothing scans again.
 */
#include "core/act/kept.h"

#include <string.h>
#include <unistd.h>

#include "core/act/submit.h"
#include "spool/spool.h"

GPtrArray *
kept_files(const struct kept *kept)
{
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GDir) listing = g_dir_open(kept->path, 0, NULL);

	for (const char *name; listing != NULL && (name = g_dir_read_name(listing)) != NULL;)
		g_ptr_array_add(names, g_strdup(name));
	if (listing == NULL)
		g_ptr_array_add(names, g_path_get_basename(kept->path));
	return names;
}

/* The queue files of the message in memory: header, empty line, body. */
static bool
add_queue_files(GByteArray *out, const struct kept *kept, GError **error)
{
	struct spool_place *place = spool_place_open(kept->path, error);
	struct spool_entry *entry = place != NULL ? spool_exim.claim(place, kept->id, error) : NULL;
	bool done = entry != NULL && spool_exim.read(entry, error);

	for (size_t i = 0; done && i < header_list_count(entry->headers); i++) {
		const struct header_field *field = header_list_at(entry->headers, i);

		if (!field->deleted)
			g_byte_array_append(out, (const guint8 *)field->text, (guint)field->length);
	}
	if (done) {
		g_autofree char *body = g_malloc(entry->body_size + 1);

		g_byte_array_append(out, (const guint8 *)"\n", 1);
		done = pread(entry->body_fd, body, entry->body_size, entry->body_offset) ==
		       (ssize_t)entry->body_size;
		g_byte_array_append(out, (const guint8 *)body, (guint)entry->body_size);
	}
	spool_entry_free(entry);
	if (place != NULL)
		spool_place_unref(place);
	return done;
}

static bool
add_file(GByteArray *out, const char *path, GError **error)
{
	g_autofree char *text = NULL;
	size_t length;

	if (!g_file_get_contents(path, &text, &length, error))
		return false;
	g_byte_array_append(out, (const guint8 *)text, (guint)length);
	return true;
}

static bool
add_message(GByteArray *out, const struct kept *kept, GError **error)
{
	g_autofree char *path = g_build_filename(kept->path, "message", NULL);

	if (!g_file_test(kept->path, G_FILE_TEST_IS_DIR))
		return add_file(out, kept->path, error);
	if (g_file_test(path, G_FILE_TEST_EXISTS))
		return add_file(out, path, error);
	return add_queue_files(out, kept, error);
}

GBytes *
kept_message(const struct kept *kept, const char *const *header, GError **error)
{
	g_autoptr(GByteArray) out = g_byte_array_new();
	g_autoptr(GError) read_error = NULL;

	if (!kept->whole) {
		g_set_error(error, KEPT_ERROR, KEPT_ERROR_REFUSED,
		    "%s: only files of the message were kept, not the whole of it", kept->id);
		return NULL;
	}
	for (; *header != NULL; header++) {
		g_byte_array_append(out, (const guint8 *)*header, (guint)strlen(*header));
		g_byte_array_append(out, (const guint8 *)"\n", 1);
	}
	if (add_message(out, kept, &read_error))
		return g_byte_array_free_to_bytes(g_steal_pointer(&out));
	g_set_error(error, KEPT_ERROR, KEPT_ERROR_SYSTEM, "%s: %s", kept->id, read_error->message);
	return NULL;
}

bool
kept_release(const struct kept *kept, const char *command, const char *const *recipients,
    const char *header_name, const char *by, GError **error)
{
	g_auto(GStrv) original = g_strsplit(kept->recipients, " ", -1);
	const char *const *to =
	    recipients != NULL && *recipients != NULL ? recipients : (const char *const *)original;
	g_autoptr(GDateTime) now = g_date_time_new_now_utc();
	g_autofree char *stamp = g_date_time_format_iso8601(now);
	g_autofree char *who = submit_header_value(by);
	g_autofree char *field = g_strdup_printf("%s: by %s on %s", header_name, who, stamp);
	const char *header[] = { field, NULL };

	if (*to == NULL || **to == '\0') {
		g_set_error(error, KEPT_ERROR, KEPT_ERROR_REFUSED,
		    "%s: its recipients were not noted; name some", kept->id);
		return false;
	}
	g_autoptr(GBytes) message = kept_message(kept, header, error);
	if (message == NULL)
		return false;
	g_autoptr(GError) submit_error = NULL;
	if (submit_bytes(
		command, *kept->sender != '\0' ? kept->sender : "<>", to, message, &submit_error))
		return true;
	g_set_error(
	    error, KEPT_ERROR, KEPT_ERROR_SYSTEM, "%s: %s", kept->id, submit_error->message);
	return false;
}
