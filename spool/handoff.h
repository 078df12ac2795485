/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SPOOL_HANDOFF_H
#define SPOOL_HANDOFF_H
/*
 * Hand-off: a batch of messages leaves the incoming queue exactly once.
 *
 * A queue format describes what is to happen to a message as a list of file operations, each of
 * which may be repeated without harm. The hand-off writes the lists of the whole batch to a
 * journal, syncs that once, and then carries them out; after a crash the journal is carried out
 * again. It knows no queue format.
 *
 *   prepare   files that will be needed are written beside the queue and synced
 * (handoff_prepare_file) commit    the journal record is on disk: the decisions are final, from
 * here a crash leads forward patch     queue files are rewritten in place, then synced, all of the
 * batch together move      renames, in the order given; the last rename of a message is the instant
 * at which ownership passes settle    the directories are synced remove    what is no longer needed
 * is unlinked (and the directories synced, where that matters) retire    the journal record is
 * void; only now may the caller let go of the messages' locks
 *
 * What a crash leaves:
 *   before commit      the queue as it was; prepared files whose names end in "-T", which
 * handoff_sweep removes commit to settle   the journal leads forward: each operation is done or is
 * done again after              nothing
 */
#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>
#include "spool/place.h"

/* How patched files are brought to disk. */
enum handoff_sync {
	HANDOFF_SYNC_FILE,	  /* an fdatasync for each file */
	HANDOFF_SYNC_FILE_SYSTEM, /* one syncfs a batch for each file system */
};

/*
 * One worker's journal: a file "<name>.journal" in the state directory, written at offset 0, of
 * preallocated and written blocks so that a commit is one data write. Opening it locks it (a second
 * process is SPOOL_ERROR_BUSY) and refuses a file that still holds a record (SPOOL_ERROR_EXISTS:
 * handoff_recover comes first).
 */
struct journal;
struct journal *journal_open(
    struct spool_place *state, const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void journal_close(struct journal *journal);

struct handoff;

/* `journal` is borrowed and must outlive the hand-off. */
struct handoff *handoff_new(struct journal *journal, enum handoff_sync sync);
void handoff_free(struct handoff *handoff);

/*
 * Opens the list of one message: operations added from here on belong to it. `id` is for messages
 * to people; `lock_place` and `lock_name` name the file whose lock keeps the MTA out (recovery
 * takes it again, wherever that file is by then).
 */
void handoff_begin(
    struct handoff *handoff, const char *id, struct spool_place *lock_place, const char *lock_name);
/* Takes the list opened last back, and the files prepared for it. */
void handoff_abandon(struct handoff *handoff);

/*
 * Writes a new file that some later operation will rename: created with O_EXCL and the given mode
 * and owner, synced (together with the others at commit). `content` may be NULL with `copy_fd` >=
 * 0: bytes from `copy_offset` to the end are copied behind `content`. On false nothing is left
 * behind.
 */
bool handoff_prepare_file(struct handoff *handoff, struct spool_place *place, const char *name,
    mode_t mode, uid_t owner, gid_t group, GBytes *content, int copy_fd, off_t copy_offset,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Replace the whole content of `place/name` (open for writing as `fd`, one link, inode `inode`) by
 * `content`, in place. */
void handoff_patch(struct handoff *handoff, struct spool_place *place, const char *name, int fd,
    ino_t inode, GBytes *content);
/* Rename. A target that exists is never replaced: where it is the same file the old name goes, else
 * the message stays pending. */
void handoff_rename(struct handoff *handoff, struct spool_place *from, const char *old_name,
    struct spool_place *to, const char *new_name, ino_t inode);
/* Set the mode of place/name (Postfix: the execute bit says "complete"). */
void handoff_chmod(
    struct handoff *handoff, struct spool_place *place, const char *name, mode_t mode, ino_t inode);
/* Unlink, in the move phase, in order with the renames (a message that is dropped). An absent file
 * is no error. */
void handoff_unlink(
    struct handoff *handoff, struct spool_place *place, const char *name, ino_t inode);
/* Unlink after all is settled. `inode` 0: whatever has that name. */
void handoff_unlink_after(
    struct handoff *handoff, struct spool_place *place, const char *name, ino_t inode);

/*
 * Steps commit to retire for all lists. On false nothing was decided: the queue is as it was
 * (prepared files are removed). On true every list was committed, and all were carried out but
 * those in `pending` (ids, with the reason; owned by the caller): the journal that holds them was
 * put aside, and handoff_recover will go on with them.
 */
struct handoff_pending {
	char *id;
	char *why;
};
bool handoff_commit(
    struct handoff *handoff, GPtrArray **pending, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * Carries out every record found in the state directory (journals that no process has locked, and
 * those put aside). To be called before any message is claimed, when a worker has died, and from
 * time to time while it leaves something. Records that are done are removed. `pending` receives
 * what could not be finished yet (busy, or the system refused): struct handoff_pending. `finished`,
 * if not NULL, receives the ids that are done (char *). False only when the state directory itself
 * can't be read.
 */
bool handoff_recover(struct spool_place *state, enum handoff_sync sync, GPtrArray **finished,
    GPtrArray **pending, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
