/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A prepared file that nobody works on may be the only copy of an edited body, namely when a record
 * that is still pending is going to rename it. So all records are read first, and where that can't
 * be done nothing is removed. The age is for those who use such names without our locks.
 */
#include "spool/handoff.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "spool/durable.h"
#include "spool/error.h"
#include "spool/fd.h"
#include "spool/listing.h"
#include "spool/lock.h"
#include "spool/record.h"

/* Adds the names that the record's operations use. */
static bool
collect_names(const struct record *record, GHashTable *names, GError **error)
{
	for (guint i = 0; i < record->tasks->len; i++) {
		const struct task *task = g_ptr_array_index(record->tasks, i);

		if (task->trouble != NULL) {
			g_propagate_error(error, g_error_copy(task->trouble));
			return false;
		}
		for (guint j = 0; j < task->operations->len; j++) {
			const struct operation *operation = g_ptr_array_index(task->operations, j);

			g_hash_table_add(names, g_strdup(operation->name));
		}
	}
	return true;
}

static bool
read_record(struct spool_place *state, const char *name, struct spool_places *places,
    GHashTable *names, GError **error)
{
	struct record record = { 0 };
	autofd fd = TEMP_FAILURE_RETRY(openat(state->fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC));

	if (fd < 0)
		return errno == ENOENT ||
		       spool_fail(error, SPOOL_ERROR_IO, "open %s/%s", state->path, name);
	g_autoptr(GBytes) bytes = durable_read(fd);
	bool known = true;

	if (bytes == NULL)
		return spool_fail(error, SPOOL_ERROR_IO, "read %s/%s", state->path, name);
	errno = 0;
	switch (record_read(bytes, places, &record)) {
	case RECORD_NONE:
		known = g_str_has_suffix(name, JOURNAL_SUFFIX);
		break;
	case RECORD_UNKNOWN:
		known = false;
		break;
	case RECORD_WHOLE:
		known = collect_names(&record, names, error);
		record_clear(&record);
		return known;
	}
	return known || spool_fail(error, SPOOL_ERROR_IO, "%s/%s is no record", state->path, name);
}

/* The names that any record uses: a set of char *. */
static GHashTable *
names_in_records(struct spool_place *state, GError **error)
{
	g_autoptr(GPtrArray) files = listing_of(state, journal_suffixes, error);
	g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	if (files == NULL)
		return NULL;
	struct spool_places *places = spool_places_new();
	bool known = true;

	for (guint i = 0; i < files->len && known; i++)
		known = read_record(state, g_ptr_array_index(files, i), places, names, error);
	spool_places_free(places);
	return known ? g_steal_pointer(&names) : NULL;
}

static void
remove_if_left(struct spool_place *place, const char *name, time_t before)
{
	struct stat st;
	autofd fd = TEMP_FAILURE_RETRY(
	    openat(place->fd, name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));

	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_mtime < before &&
	    lock_take(fd, name, NULL))
		unlinkat(place->fd, name, 0);
}

bool
handoff_sweep(struct spool_place *state, struct spool_place *place, gint64 seconds, GError **error)
{
	static const char *const suffixes[] = { HANDOFF_PREPARED_SUFFIX, NULL };
	g_autoptr(GPtrArray) left = listing_of(place, suffixes, error);

	if (left == NULL)
		return false;
	if (left->len == 0)
		return true;
	g_autoptr(GHashTable) wanted = names_in_records(state, error);

	if (wanted == NULL)
		return false;
	for (guint i = 0; i < left->len; i++) {
		const char *name = g_ptr_array_index(left, i);

		if (!g_hash_table_contains(wanted, name))
			remove_if_left(place, name, time(NULL) - (time_t)seconds);
	}
	return true;
}
