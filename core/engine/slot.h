/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ENGINE_SLOT_H
#define CORE_ENGINE_SLOT_H
/*
 * A place for a worker, as the supervisor sees it: process, socket, the job in hand. Slot n's worker has journal n, so a slot
 * gets its next worker only when the last one has ended.
 */
#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>
#include "core/engine/backlog.h"
#include "core/engine/board.h"
#include "spool/spool.h"

struct slot {
	unsigned number;
	pid_t pid;	     /* 0: no worker */
	int socket;	     /* -1: none, or told to end */
	struct board *board; /* shared with the worker */
	GPtrArray *job;	     /* of struct item *, borrowed from the backlog; NULL: idle */
	gint64 born;	     /* monotonic microseconds */
	gint64 job_started;
	gint64 not_before;   /* when the next worker may be started */
	unsigned deaths;     /* in a row without a finished batch between */
	bool retiring;	     /* gets no further job */
	bool waits_for_kick; /* `Deliver In Background` = no */
};

struct slot *slot_new(unsigned number);
void slot_free(struct slot *slot);

/*
 * Forks a worker. In the worker `in_child` is called first (to close what is the supervisor's), then its life begins; this function does not
 * return there. False when the fork failed.
 */
bool slot_start(struct slot *slot, const struct spool_format *format, struct spool_place *state,
    void (*in_child)(void *), void *data);

/* Gives the worker a job (the array is taken over) and notes it in the file "work-<n>" of the state directory. */
void slot_give(struct slot *slot, GPtrArray *items, unsigned waiting, unsigned most_attempts,
    struct spool_place *state);

/* The worker ends when it is done with what it has in hand. */
void slot_retire(struct slot *slot);

bool slot_is_idle(const struct slot *slot);

/* After the worker's end: its job, the caller's now; NULL when it had none. */
GPtrArray *slot_bury(struct slot *slot);

/*
 * What was in work when a supervisor ended without finishing: calls `found` for each message noted in the "work-<n>" files.
 */
void slot_read_notes(struct spool_place *state,
    void (*found)(const char *directory, const char *id, bool alone, void *data), void *data);
/* Nothing is in work any more: the notes are emptied. */
void slot_clear_notes(struct spool_place *state);

#endif
