/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Recovery carries a record out with the same code as the hand-off itself, one message after the
 * other. A message with nothing left to be done may belong to the outgoing MTA by now, so its lock
 * is not asked for; but its directories are synced all the same, since the renames that were found
 * done may have been done by a process that died before it synced them, and the record goes away
 * next.
 */
#include "spool/handoff.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "spool/durable.h"
#include "spool/error.h"
#include "spool/fd.h"
#include "spool/listing.h"
#include "spool/lock.h"
#include "spool/record.h"
#include "spool/trouble.h"

struct recovery {
	struct spool_place *state;
	enum handoff_sync sync;
	struct spool_places *places;
	GPtrArray *finished; /* may be NULL */
	GPtrArray *pending;
};

static void
close_held(gpointer fd)
{
	fd_close(fd);
}

/* Of a file that is named twice in a task, our own first lock would keep out the second. */
static bool
is_held(const GArray *held, const struct stat *st)
{
	struct stat other;

	for (guint i = 0; i < held->len; i++) {
		if (fstat(g_array_index(held, int, i), &other) == 0 && other.st_ino == st->st_ino &&
		    other.st_dev == st->st_dev)
			return true;
	}
	return false;
}

/* Locks place/name. True also when there is no such file: then nobody else can have locked it. */
static bool
lock_name(GArray *held, struct spool_place *place, const char *name, bool *there, GError **error)
{
	g_autofree char *path = g_build_filename(place->path, name, NULL);
	struct stat st;
	autofd fd = TEMP_FAILURE_RETRY(
	    openat(place->fd, name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));

	*there = fd >= 0;
	if (fd < 0)
		return errno == ENOENT || spool_fail(error, SPOOL_ERROR_IO, "open %s", path);
	if (fstat(fd, &st) != 0)
		return spool_fail(error, SPOOL_ERROR_IO, "look at %s", path);
	if (is_held(held, &st))
		return true;
	if (!lock_take(fd, path, error))
		return false;
	int kept = fd_steal(&fd);

	g_array_append_val(held, kept);
	return true;
}

/* Locks the file at its old place, or at the new one where it has been renamed. */
static bool
lock_file(GArray *held, struct spool_place *place, const char *name, const struct operation *rename,
    GError **error)
{
	bool there;

	if (!lock_name(held, place, name, &there, error))
		return false;
	return there || rename == NULL ||
	       lock_name(held, rename->to, rename->new_name, &there, error);
}

/*
 * Takes the locks that the hand-off had: of the message, and of what was prepared to become a
 * queue file, which the outgoing MTA would lock.
 */
static bool
lock_task(const struct task *task, GArray *held, GError **error)
{
	const struct operation *rename_of_lock = NULL;

	for (guint i = 0; i < task->operations->len; i++) {
		const struct operation *operation = g_ptr_array_index(task->operations, i);

		if (operation->kind != OPERATION_RENAME)
			continue;
		if (operation->prepared &&
		    !lock_file(held, operation->place, operation->name, operation, error))
			return false;
		if (operation->place == task->lock_place &&
		    g_str_equal(operation->name, task->lock_name))
			rename_of_lock = operation;
	}
	return lock_file(held, task->lock_place, task->lock_name, rename_of_lock, error);
}

/* Carries out one task under its locks. */
static void
finish_task(const struct recovery *recovery, struct task *task)
{
	g_autoptr(GArray) held = g_array_new(FALSE, FALSE, sizeof(int));
	g_autoptr(GPtrArray) alone = g_ptr_array_new();
	GError *error = NULL;

	g_array_set_clear_func(held, close_held);
	if (!lock_task(task, held, &error)) {
		task_stop(task, error);
		return;
	}
	g_ptr_array_add(alone, task);
	task_carry_out(alone, recovery->sync);
}

/* Carries out what the record holds, and marks in the file what is done. True when all is. */
static bool
finish_record(const struct recovery *recovery, const struct record *record, int fd)
{
	static const guint8 done = 1;
	g_autoptr(GPtrArray) settled = g_ptr_array_new();
	bool all = true;

	for (guint i = 0; i < record->tasks->len; i++) {
		struct task *task = g_ptr_array_index(record->tasks, i);

		if (record->marks[i] == done || task->trouble != NULL)
			continue;
		if (task_remains(task))
			finish_task(recovery, task);
		else
			g_ptr_array_add(settled, task);
	}
	task_carry_out(settled, recovery->sync);
	for (guint i = 0; i < record->tasks->len; i++) {
		const struct task *task = g_ptr_array_index(record->tasks, i);

		if (record->marks[i] == done)
			continue;
		if (task->trouble != NULL) {
			trouble_add(recovery->pending, task->id, task->trouble->message);
			all = false;
			continue;
		}
		if (recovery->finished != NULL)
			g_ptr_array_add(recovery->finished, g_strdup(task->id));
		(void)!durable_write(fd, &done, 1, record->marks_offset + i);
	}
	return all;
}

/* A record that is done is removed; what is left of a journal leaves its name free for a worker. */
static void
remove_record(const struct recovery *recovery, const char *name, int fd, bool all)
{
	bool is_journal = g_str_has_suffix(name, JOURNAL_SUFFIX);

	if (all && is_journal)
		(void)!journal_make_void(fd);
	else if (all)
		unlinkat(recovery->state->fd, name, 0);
	else if (is_journal)
		(void)!journal_rename_pending(recovery->state, name, NULL);
}

static bool
is_untouched_journal(const char *name, int fd)
{
	char header[RECORD_HEADER_SIZE];
	ssize_t n = TEMP_FAILURE_RETRY(pread(fd, header, sizeof header, 0));

	return g_str_has_suffix(name, JOURNAL_SUFFIX) &&
	       (n >= 0 && (n < (ssize_t)sizeof header || record_glance(header) == RECORD_NONE));
}

/*
 * Locks the record file. False: it is not for us now, since another process has it or it has
 * another name by now (no error), or the system refused (error).
 */
static bool
take_file(const struct recovery *recovery, const char *name, int fd, GError **error)
{
	struct stat st, named;
	g_autoptr(GError) refusal = NULL;

	if (!lock_take(fd, name, &refusal)) {
		if (!g_error_matches(refusal, SPOOL_ERROR, SPOOL_ERROR_BUSY))
			g_propagate_error(error, g_steal_pointer(&refusal));
		return false;
	}
	if (fstat(fd, &st) == 0 &&
	    fstatat(recovery->state->fd, name, &named, AT_SYMLINK_NOFOLLOW) == 0)
		return st.st_ino == named.st_ino;
	if (errno != ENOENT)
		spool_fail(error, SPOOL_ERROR_IO, "look at %s", name);
	return false;
}

static void
recover_record(const struct recovery *recovery, const char *name, int fd, GBytes *bytes)
{
	struct record record = { 0 };

	switch (record_read(bytes, recovery->places, &record)) {
	case RECORD_UNKNOWN:
		trouble_add(recovery->pending, name,
		    "written by another version of the program, which has to finish it");
		break;
	case RECORD_NONE:
		if (g_str_has_suffix(name, JOURNAL_SUFFIX))
			remove_record(recovery, name, fd, true);
		else
			trouble_add(recovery->pending, name, "damaged on disk");
		break;
	case RECORD_WHOLE:
		remove_record(recovery, name, fd, finish_record(recovery, &record, fd));
		break;
	}
	record_clear(&record);
}

static void
recover_file(const struct recovery *recovery, const char *name)
{
	g_autoptr(GError) error = NULL;
	autofd fd =
	    TEMP_FAILURE_RETRY(openat(recovery->state->fd, name, O_RDWR | O_NOFOLLOW | O_CLOEXEC));

	if (fd < 0) {
		if (errno != ENOENT)
			trouble_add(recovery->pending, name, g_strerror(errno));
		return;
	}
	if (is_untouched_journal(name, fd))
		return;
	if (!take_file(recovery, name, fd, &error)) {
		if (error != NULL)
			trouble_add(recovery->pending, name, error->message);
		return;
	}
	g_autoptr(GBytes) bytes = durable_read(fd);

	if (bytes != NULL)
		recover_record(recovery, name, fd, bytes);
	else
		trouble_add(recovery->pending, name, g_strerror(errno));
}

/* Does the file hold the journal of this name, or what was put aside of it? */
static bool
is_of_journal(const char *file, const char *name)
{
	size_t length = strlen(name);

	return strncmp(file, name, length) == 0 &&
	       (file[length] == '-' || strcmp(file + length, JOURNAL_SUFFIX) == 0);
}

static bool
recover(struct spool_place *state, const char *name, enum handoff_sync sync, GPtrArray **finished,
    GPtrArray **pending, GError **error)
{
	g_autoptr(GPtrArray) names = listing_of(state, journal_suffixes, error);

	*pending = NULL;
	if (finished != NULL)
		*finished = NULL;
	if (names == NULL)
		return false;
	struct recovery recovery = { .state = state,
		.sync = sync,
		.places = spool_places_new(),
		.finished = finished != NULL ? g_ptr_array_new_with_free_func(g_free) : NULL,
		.pending = trouble_array() };

	for (guint i = 0; i < names->len; i++) {
		const char *file = g_ptr_array_index(names, i);

		if (name == NULL || is_of_journal(file, name))
			recover_file(&recovery, file);
	}
	spool_places_free(recovery.places);
	*pending = recovery.pending;
	if (finished != NULL)
		*finished = recovery.finished;
	return true;
}

bool
handoff_recover(struct spool_place *state, enum handoff_sync sync, GPtrArray **finished,
    GPtrArray **pending, GError **error)
{
	return recover(state, NULL, sync, finished, pending, error);
}

bool
handoff_recover_journal(struct spool_place *state, const char *name, enum handoff_sync sync,
    GPtrArray **pending, GError **error)
{
	return recover(state, name, sync, NULL, pending, error);
}
