/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ENGINE_CREW_H
#define CORE_ENGINE_CREW_H
/*
 * All workers: how many there are, when one is started, retired or ended by force.
 */
#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>
#include "core/engine/slot.h"

struct crew;

/* `in_child` is called in each new worker before its life begins, to close what is the supervisor's. Format and state are borrowed. */
struct crew *crew_new(const struct spool_format *format, struct spool_place *state,
    void (*in_child)(void *), void *data);
void crew_free(struct crew *crew);

/*
 * Starts workers until there are `wanted`; those over it retire. A worker whose predecessors died one after the other waits for its time
 * (the first two deaths cost none, then 1, 2, 4 ... up to 60 seconds).
 */
void crew_keep(struct crew *crew, unsigned wanted, gint64 now);

/* All end after what they have in hand. */
void crew_retire_all(struct crew *crew);
/* Idle workers older than `Restart Every` end. */
void crew_retire_old(struct crew *crew, gint64 now);
/* Workers that exceed `Batch Time Limit` are killed. */
void crew_kill_stuck(struct crew *crew, gint64 now);
void crew_kill_all(struct crew *crew);

unsigned crew_count(const struct crew *crew);
struct slot *crew_slot(const struct crew *crew, unsigned n);
/* The slot of this process, or NULL. */
struct slot *crew_slot_of(const struct crew *crew, pid_t pid);
/* The first worker that has nothing to do, or NULL. */
struct slot *crew_idle(const struct crew *crew);

bool crew_any_worker(const struct crew *crew);
bool crew_any_job(const struct crew *crew);
/* Every worker has died several times in a row without finishing anything. */
bool crew_is_hopeless(const struct crew *crew);
/* When the next call of crew_keep() or crew_retire_old() has something to do. */
gint64 crew_next_wake(const struct crew *crew, gint64 now);

/* A worker ended uncleanly: when may its slot have another? */
void crew_note_death(struct slot *slot, gint64 now);

#endif
