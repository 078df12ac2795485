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
 *   prepare   files that will be needed are written beside the queue (handoff_prepare_file), and
 *             synced with their names at the start of the commit
 *   commit    the journal record is on disk: the decisions are final, from here a crash leads
 *             forward
 *   patch     queue files are rewritten in place, then synced, all of the batch together
 *   move      renames, in the order given; the last rename of a message is the instant at which
 *             ownership passes
 *   settle    the directories are synced
 *   remove    what is no longer needed is unlinked, and the directories concerned are synced
 *   retire    the journal record is void; only now may the caller let go of the messages' locks
 *
 * What a crash leaves:
 *   before commit      the queue as it was, and prepared files, which handoff_sweep() removes
 *   commit to remove   the journal leads forward: each operation is done or is done again
 *   after that         nothing, or a record in which all is found to be done
 *
 * A message costs, where its file is patched and two are renamed: fstat, pwrite, and for each
 * rename a look at the inode. A batch costs: one write and fdatasync of the journal; one syncfs for
 * each file system to patch and one to settle (or one fdatasync for each patched file and one fsync
 * for each directory); one write to retire. Files that are prepared cost one more round, and so do
 * operations after the settling: what may as well go before the renames (an MTA's log of the
 * message) is better unlinked there.
 */
#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>
#include "spool/journal.h"
#include "spool/place.h"
#include "spool/task.h"

/* How the names of prepared files end, so that handoff_sweep() knows them. */
#define HANDOFF_PREPARED_SUFFIX "-T"

struct handoff;

/* `journal` is borrowed and must outlive the hand-off. */
struct handoff *handoff_new(struct journal *journal, enum handoff_sync sync);
/* Lists that were not committed are abandoned. The prepared files' locks are let go. */
void handoff_free(struct handoff *handoff);

/*
 * Opens the list of one message: operations added from here on belong to it. `id` is for messages
 * to people; `lock_place` and `lock_name` name the file whose lock keeps the MTA out (recovery
 * takes it again, wherever the list says that this file is by then).
 */
void handoff_begin(
    struct handoff *handoff, const char *id, struct spool_place *lock_place, const char *lock_name);
/* Takes the list opened last back, and the files prepared for it. */
void handoff_abandon(struct handoff *handoff);

/* Writes to a new file from offset `at` on. */
typedef bool (*handoff_fill)(void *data, int fd, off_t at, GError **error);

/*
 * Writes a new file that some later operation will rename: created with O_EXCL and the given mode
 * and owner, locked until the hand-off is freed. `name` ends in HANDOFF_PREPARED_SUFFIX.
 * `content` may be NULL, and so may `fill`, which writes what stands behind it. On false nothing is
 * left behind: SPOOL_ERROR_EXISTS when the name is taken, SPOOL_ERROR_IO, or what `fill` says.
 */
bool handoff_prepare_file(struct handoff *handoff, struct spool_place *place, const char *name,
    mode_t mode, uid_t owner, gid_t group, GBytes *content, handoff_fill fill, void *data,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * The operations. Each names its file as it is called when its turn comes, and the inode that it is
 * meant for; another file of that name is never touched, and an absent one means that the operation
 * was done before.
 */

/* Replace the whole content of `place/name` (open for writing as `fd`, borrowed until the commit;
 * it must have one link only) by `content`, in place. */
void handoff_patch(struct handoff *handoff, struct spool_place *place, const char *name, int fd,
    ino_t inode, GBytes *content);
/* The same for what stands behind `offset`; the file is opened when it is needed. */
void handoff_patch_tail(struct handoff *handoff, struct spool_place *place, const char *name,
    ino_t inode, off_t offset, GBytes *content);
/* Rename. A target that exists is never replaced: where it is the same file the old name goes, else
 * the message stays pending. `inode` 0: the file that was prepared under the old name. */
void handoff_rename(struct handoff *handoff, struct spool_place *from, const char *old_name,
    struct spool_place *to, const char *new_name, ino_t inode);
/* Set the mode, in the move phase (Postfix: the execute bit says "complete"); synced at once. */
void handoff_chmod(
    struct handoff *handoff, struct spool_place *place, const char *name, mode_t mode, ino_t inode);
/* Unlink, in the move phase, in order with the renames (a message that is dropped). `inode` 0:
 * whatever has that name. */
void handoff_unlink(
    struct handoff *handoff, struct spool_place *place, const char *name, ino_t inode);
/* Unlink after all is settled. `inode` 0: whatever has that name. */
void handoff_unlink_after(
    struct handoff *handoff, struct spool_place *place, const char *name, ino_t inode);

/* A message that a hand-off could not finish, and the reason in words. */
struct handoff_trouble {
	char *id;
	char *why;
};

/*
 * Steps commit to retire for all lists; the hand-off is empty afterwards.
 *
 * On false nothing was decided: the queue is as it was, and prepared files are removed. On true
 * each message is in one of three states. Refused: nothing was decided about it, it stays queued as
 * it came (its file can't be patched, the disk is full ...). Pending: the decision is final but
 * could not be carried out to the end; the journal that holds it was put aside for
 * handoff_recover(), and the message must not be claimed before that says it is finished. All
 * others: handed over, and on disk. Both arrays hold struct handoff_trouble and are the caller's.
 */
bool handoff_commit(struct handoff *handoff, GPtrArray **refused, GPtrArray **pending,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * Carries out every record found in the state directory: of journals that no process has locked,
 * and of those put aside. To be called before any message is claimed, when a worker has died, and
 * from time to time while it leaves something. A message's own lock is taken before anything of it
 * is touched. Records that are done are removed.
 *
 * `finished` (may be NULL) receives the ids that are done (char *), `pending` what could not be
 * finished yet (busy, or the system refused: struct handoff_trouble; a record that can't be read is
 * told by its file name). Both are the caller's. False only when the state directory itself can't
 * be read.
 */
bool handoff_recover(struct spool_place *state, enum handoff_sync sync, GPtrArray **finished,
    GPtrArray **pending, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * The same for one journal, and for what was put aside of it: `name` is that of journal_open(). The others are left alone, for one who
 * knows nothing of what their owners hold.
 */
bool handoff_recover_journal(struct spool_place *state, const char *name, enum handoff_sync sync,
    GPtrArray **pending, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * Removes prepared files that a crash left in `place`: those older than `seconds` that no
 * record in the state directory names and that no process has locked. SPOOL_ERROR_IO when one of
 * the directories or a record can't be read; then nothing is removed.
 */
bool handoff_sweep(struct spool_place *state, struct spool_place *place, gint64 seconds,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
