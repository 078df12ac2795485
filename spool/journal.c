/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A record is made void by writing zeros over its header, and that write is never waited for. That
 * is safe: should a power cut bring the record back, every operation in it is found to be done,
 * since the names are gone for good (the directories were synced before) and an operation only ever
 * touches the inode that it was meant for. Nor can a half-overwritten record be taken for a whole
 * one, because of its checksum.
 *
 * A record that can't be finished leaves by a rename, which needs no room on a full disk; a new
 * journal is made only once that rename is on disk, or a power cut could leave the new file under
 * the name of the one that matters.
 */
#include "spool/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include "spool/durable.h"
#include "spool/error.h"
#include "spool/fd.h"
#include "spool/lock.h"
#include "spool/record.h"

enum { PREALLOCATED = 256 * 1024, PIECE = 64 * 1024 };

const char *const journal_suffixes[] = { JOURNAL_SUFFIX, JOURNAL_PENDING_SUFFIX, NULL };

struct journal {
	struct spool_place *state;
	char *name;	/* with suffix */
	int fd;		/* -1: to be made anew */
	bool occupied;	/* holds a record that must not be overwritten */
	bool uncertain; /* a record that was not decided may still be on disk */
};

/* Locked, and still the file that has the name: its last owner may have put it aside meanwhile. */
static bool
lock_named(const struct journal *journal, int fd, GError **error)
{
	struct stat st, named;

	if (!lock_take(fd, journal->name, error))
		return false;
	if (fstat(fd, &st) == 0 && fstatat(journal->state->fd, journal->name, &named, 0) == 0 &&
	    st.st_ino == named.st_ino)
		return true;
	errno = 0;
	return spool_fail(error, SPOOL_ERROR_BUSY, "%s is being put aside", journal->name);
}

static bool
expect_void(const struct journal *journal, int fd, GError **error)
{
	char header[RECORD_HEADER_SIZE];
	ssize_t n = TEMP_FAILURE_RETRY(pread(fd, header, sizeof header, 0));

	if (n < 0)
		return spool_fail(
		    error, SPOOL_ERROR_IO, "read %s/%s", journal->state->path, journal->name);
	if (n < (ssize_t)sizeof header || record_glance(header) == RECORD_NONE)
		return true;
	errno = 0;
	return spool_fail(
	    error, SPOOL_ERROR_EXISTS, "%s/%s holds a record", journal->state->path, journal->name);
}

static bool
allocate(int fd)
{
	static const char zeros[PIECE];
	struct stat st;

	if (fstat(fd, &st) != 0)
		return false;
	for (off_t offset = st.st_size; offset < PREALLOCATED;) {
		size_t size = (size_t)MIN((off_t)PIECE, PREALLOCATED - offset);

		if (!durable_write(fd, zeros, size, offset))
			return false;
		offset += (off_t)size;
	}
	return durable_sync(fd);
}

/* One that root makes, for a person, is the daemon's too. */
static bool
give_to_owner(const struct spool_place *state, int fd)
{
	struct stat st;

	return geteuid() != 0 || state->owner == 0 ||
	       (fstat(fd, &st) == 0 &&
		   (st.st_uid == state->owner || fchown(fd, state->owner, state->group) == 0));
}

static bool
open_file(struct journal *journal, GError **error)
{
	const char *path = journal->state->path;

	if (!durable_sync_directory(journal->state->fd))
		return spool_fail(error, SPOOL_ERROR_IO, "sync %s", path);
	autofd fd = TEMP_FAILURE_RETRY(openat(
	    journal->state->fd, journal->name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));

	if (fd < 0)
		return spool_fail(error, SPOOL_ERROR_IO, "open %s/%s", path, journal->name);
	if (!lock_named(journal, fd, error) || !expect_void(journal, fd, error))
		return false;
	if (!give_to_owner(journal->state, fd) || !allocate(fd) ||
	    !durable_sync_directory(journal->state->fd))
		return spool_fail(error, SPOOL_ERROR_IO, "write %s/%s", path, journal->name);
	journal->fd = fd_steal(&fd);
	return true;
}

struct journal *
journal_open(struct spool_place *state, const char *name, GError **error)
{
	struct journal *journal = g_new0(struct journal, 1);

	journal->state = spool_place_ref(state);
	journal->name = g_strconcat(name, JOURNAL_SUFFIX, NULL);
	journal->fd = -1;
	if (open_file(journal, error))
		return journal;
	journal_close(journal);
	return NULL;
}

void
journal_close(struct journal *journal)
{
	if (journal == NULL)
		return;
	fd_close(&journal->fd);
	spool_place_unref(journal->state);
	g_free(journal->name);
	g_free(journal);
}

bool
journal_make_void(int fd)
{
	static const char zeros[RECORD_HEADER_SIZE];

	return durable_write(fd, zeros, sizeof zeros, 0);
}

bool
journal_rename_pending(struct spool_place *state, const char *name, GError **error)
{
	g_autofree char *unique = g_uuid_string_random();
	g_autofree char *base = g_strndup(name, strlen(name) - strlen(JOURNAL_SUFFIX));
	g_autofree char *pending = g_strconcat(base, "-", unique, JOURNAL_PENDING_SUFFIX, NULL);

	return TEMP_FAILURE_RETRY(renameat(state->fd, name, state->fd, pending)) == 0 ||
	       spool_fail(error, SPOOL_ERROR_IO, "rename %s/%s to %s", state->path, name, pending);
}

/* Lets go of the file with the record that couldn't be finished. */
static bool
leave_record(struct journal *journal, GError **error)
{
	if (!journal_rename_pending(journal->state, journal->name, error))
		return false;
	journal->occupied = false;
	fd_close(&journal->fd);
	return true;
}

void
journal_put_aside(struct journal *journal, const GByteArray *marks, off_t offset)
{
	/* Marks that are lost cost a second look at tasks that are done. */
	(void)!durable_write(journal->fd, marks->data, marks->len, offset);
	journal->occupied = true;
	leave_record(journal, NULL);
}

bool
journal_write(struct journal *journal, const GByteArray *record, GError **error)
{
	if (journal->occupied && !leave_record(journal, error))
		return false;
	if (journal->fd < 0 && !open_file(journal, error))
		return false;
	if (durable_write(journal->fd, record->data, record->len, 0) &&
	    durable_sync_data(journal->fd)) {
		journal->uncertain = false;
		return true;
	}
	spool_fail(error, SPOOL_ERROR_IO, "write %s/%s", journal->state->path, journal->name);
	journal->uncertain = !journal_make_void(journal->fd) || !durable_sync_data(journal->fd);
	return false;
}

bool
journal_is_void(const struct journal *journal)
{
	return !journal->uncertain;
}

void
journal_retire(struct journal *journal)
{
	/* A record that is done does no harm, and the next one goes over it. */
	(void)!journal_make_void(journal->fd);
}
