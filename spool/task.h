/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SPOOL_TASK_H
#define SPOOL_TASK_H
/*
 * All that a hand-off has to do to one message, and the order in which that is done for many of
 * them together.
 */
#include <glib.h>
#include <stdbool.h>
#include "spool/operation.h"

/* How files and names are brought to disk. */
enum handoff_sync {
	HANDOFF_SYNC_FILE,	  /* an fdatasync for each file, an fsync for each directory */
	HANDOFF_SYNC_FILE_SYSTEM, /* one syncfs a step for each file system, where the batch has
				     more than HANDOFF_SYNC_FEW messages */
};

#define HANDOFF_SYNC_FEW 3

/* A file that was written beside the queue, to be renamed into it. */
struct prepared_file {
	struct spool_place *place; /* a reference */
	char *name;
	ino_t inode;
	int fd; /* held open and locked until the hand-off is freed */
};

struct task {
	char *id;
	struct spool_place *lock_place; /* a reference */
	char *lock_name;
	GPtrArray *operations; /* of struct operation, in order */
	GPtrArray *prepared;   /* of struct prepared_file */
	GError *trouble;       /* why nothing more is done about it now; NULL: all is well */
};

struct task *task_new(const char *id, struct spool_place *lock_place, const char *lock_name);
void task_free(struct task *task);

/* Takes `error` as the reason to stop, unless there is one already. */
void task_stop(struct task *task, GError *error);

/* Unlinks and closes the prepared files. */
void task_discard_prepared(struct task *task);

/* Brings the prepared files to disk, names included. A task for which that fails gets into trouble.
 */
void task_sync_prepared(GPtrArray *tasks, enum handoff_sync sync);

/* Is anything left to be done? */
bool task_remains(const struct task *task);

/*
 * Patches, syncs, moves, settles, removes: each step for all tasks before the next. A task that
 * gets into trouble goes no further; one without has everything on disk afterwards. Tasks that are
 * in trouble already are left alone.
 */
void task_carry_out(GPtrArray *tasks, enum handoff_sync sync);

#endif
