/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a message that was kept consists of is read like one in a queue, so whoever gives it back or shows it need not know in which of
 * the shapes it lies there.
 */
#include "core/act/kept.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "core/act/kept_envelope.h"
#include "core/act/kept_tree.h"
#include "core/log/log.h"
#include "spool/eml.h"
#include "spool/error.h"
#include "spool/fd.h"

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

GPtrArray *
kept_files(const struct kept *kept)
{
	struct kept_location location;
	GPtrArray *files = g_ptr_array_new_with_free_func(g_free);

	if (kept_locate(kept, &location, NULL) && location.file != NULL) {
		g_ptr_array_add(files, g_strdup(location.file));
	} else if (location.place != NULL) {
		g_autoptr(GPtrArray) names = kept_names(location.place->fd);

		for (unsigned i = 0; i < names->len; i++) {
			const char *name = g_ptr_array_index(names, i);

			if (*name != '.')
				g_ptr_array_add(files, g_strdup(name));
		}
	}
	kept_location_clear(&location);
	g_ptr_array_sort(files, compare_names);
	return files;
}

/* Opens a plain file. -1 with `error` set. */
static int
open_plain(const struct spool_place *place, const char *name, GError **error)
{
	struct stat st;
	autofd fd = -1;

	errno = 0;
	if (strchr(name, '/') == NULL)
		fd = TEMP_FAILURE_RETRY(openat(
		    place->fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		return fd_steal(&fd);
	bool refused = fd < 0 && (errno == EACCES || errno == EIO || errno == EMFILE);
	g_set_error(error, KEPT_ERROR, refused ? KEPT_ERROR_SYSTEM : KEPT_ERROR_GONE, "%s/%s: %s",
	    place->path, name, refused ? g_strerror(errno) : "there is no such file");
	return -1;
}

int
kept_open_file(const struct kept *kept, const char *name, GError **error)
{
	struct kept_location location;
	int fd = -1;

	if (kept_locate(kept, &location, error)) {
		/* Beside a message that is one file lie other messages. */
		bool other = location.file != NULL && strcmp(location.file, name) != 0;

		fd = open_plain(location.place, other ? "/" : name, error);
	}
	kept_location_clear(&location);
	return fd;
}

/* Says of a failure of the spool what it means here. */
static struct spool_entry *
fail_entry(const struct kept *kept, GError *why, GError **error)
{
	bool later = g_error_matches(why, SPOOL_ERROR, SPOOL_ERROR_IO) ||
		     g_error_matches(why, SPOOL_ERROR, SPOOL_ERROR_BUSY);

	g_set_error(error, KEPT_ERROR, later ? KEPT_ERROR_SYSTEM : KEPT_ERROR_REFUSED, "%s: %s",
	    kept->id, why->message);
	g_error_free(why);
	return NULL;
}

static struct spool_entry *
fail_parts(const struct kept *kept, GError **error)
{
	g_autoptr(GPtrArray) files = kept_files(kept);
	g_autoptr(GString) names = g_string_new(NULL);

	for (unsigned i = 0; i < files->len; i++) {
		const char *name = g_ptr_array_index(files, i);

		if (strcmp(name, "envelope") != 0)
			g_string_append_printf(names, "%s%s", names->len > 0 ? ", " : "", name);
	}
	g_set_error(error, KEPT_ERROR, KEPT_ERROR_REFUSED,
	    "%s: there is no whole message, only files of it were kept (%s)", kept->id,
	    names->len > 0 ? names->str : "none");
	return NULL;
}

/* A file with header and body. */
static struct spool_entry *
open_message(const struct kept *kept, struct spool_place *place, const char *name,
    struct envelope *envelope, GError **error)
{
	static const char *const nobody[] = { NULL };
	GError *why = NULL;
	struct spool_entry *entry = eml_open_at(place, name, "", nobody, NULL, &why);

	if (entry != NULL && entry->size > 0) {
		envelope_free(entry->envelope);
		entry->envelope = envelope;
		return entry;
	}
	envelope_free(envelope);
	if (entry != NULL) {
		errno = 0;
		spool_fail(&why, SPOOL_ERROR_CORRUPT, "%s/%s is empty", place->path, name);
		spool_entry_free(entry);
	}
	return fail_entry(kept, why, error);
}

static bool
has_recipient(const struct envelope *envelope, const char *address)
{
	for (unsigned i = 0; i < envelope->recipients->len; i++) {
		const struct recipient *recipient = g_ptr_array_index(envelope->recipients, i);

		if (strcmp(recipient->address, address) == 0)
			return true;
	}
	return false;
}

/* Of a message that was split, the queue files name those too who got it. */
static void
leave_out_others(struct envelope *envelope, int directory)
{
	struct envelope *noted = kept_envelope(directory);

	for (unsigned i = envelope->recipients->len; noted->recipients->len > 0 && i-- > 0;) {
		const struct recipient *recipient = g_ptr_array_index(envelope->recipients, i);
		g_autofree char *address = log_escape(recipient->address);

		if (!has_recipient(noted, address))
			g_ptr_array_remove_index(envelope->recipients, i);
	}
	envelope_free(noted);
}

static struct spool_entry *
open_queue_files(const struct kept *kept, struct spool_place *place, GError **error)
{
	GError *why = NULL;
	struct spool_entry *entry = spool_exim.claim(place, kept->id, &why);

	if (entry != NULL && spool_exim.read(entry, &why)) {
		leave_out_others(entry->envelope, place->fd);
		return entry;
	}
	spool_entry_free(entry);
	return fail_entry(kept, why, error);
}

static bool
is_there(const struct spool_place *place, const char *name)
{
	return faccessat(place->fd, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static struct spool_entry *
open_entry(const struct kept *kept, const struct kept_location *location, GError **error)
{
	struct spool_place *place = location->place;
	g_autofree char *control = g_strconcat(kept->id, "-H", NULL);

	if (location->file != NULL)
		return open_message(kept, place, location->file, envelope_new(), error);
	if (is_there(place, "message"))
		return open_message(kept, place, "message", kept_envelope(place->fd), error);
	if (is_there(place, control))
		return open_queue_files(kept, place, error);
	return fail_parts(kept, error);
}

struct spool_entry *
kept_entry(const struct kept *kept, GError **error)
{
	struct kept_location location;
	struct spool_entry *entry = NULL;

	if (kept_locate(kept, &location, error))
		entry = open_entry(kept, &location, error);
	kept_location_clear(&location);
	return entry;
}
