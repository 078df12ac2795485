/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ENGINE_PROGRAMS_H
#define CORE_ENGINE_PROGRAMS_H
/*
 * Programs that the supervisor starts for its workers: the MTA, told to deliver what has just been handed over (exim -Mc ids).
 *
 * A kick is a hint: the MTA's own queue runner would find the messages too. So there is a bound on how many run at once for one queue,
 * and on how many ids wait for their turn; what is over it is left to the queue runner.
 */
#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>
#include "core/engine/job.h"

#define KICK_IDS 30	  /* ids for one call */
#define KICK_RUNNING 2	  /* calls at a time for one queue */
#define KICK_SLOW 20	  /* calls for one queue that were let go, beside those */
#define KICK_WAITING 3000 /* ids that wait for a call */

struct programs;

struct programs *programs_new(void);
/* Programs still running are left alone: they belong to the MTA. */
void programs_free(struct programs *programs);

/* Queues the call. `owner`: who is told when it has ended, -1 for nobody. */
void programs_kick(struct programs *programs, const struct kick *kick, int owner);

/* To be called for each child that ended. True when it was one of these. */
bool programs_ended(struct programs *programs, pid_t pid, int status);

/*
 * Lets go what has run for longer than `Kick Timeout`: it goes on, but is not busy any more. Returns when to call again (monotonic
 * microseconds), G_MAXINT64 for never.
 */
gint64 programs_expire(struct programs *programs, gint64 now);

/* How many run or wait and were not let go; and how many of `owner`. */
unsigned programs_busy(const struct programs *programs);
unsigned programs_busy_for(const struct programs *programs, int owner);

#endif
