/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ENGINE_SUPERVISION_H
#define CORE_ENGINE_SUPERVISION_H
/* What the supervisor's own files share: supervisor.c, supervisor_returns.c, supervisor_start.c. Not for others. */
#include "core/engine/crew.h"
#include "core/engine/intake.h"
#include "core/engine/ledger.h"
#include "core/engine/programs.h"
#include "core/engine/service.h"
#include "core/engine/supervisor.h"

struct supervisor {
	const struct supervisor_options *options;
	const struct spool_format *format;
	struct spool_place *state;
	struct ledger *ledger;
	struct intake *intake;
	struct programs *programs;
	struct crew *crew;
	int signals;
	gint64 next_recovery; /* G_MAXINT64: nothing is pending */
	gint64 next_mail;     /* when to look for mail that was refused */
	gint64 grace_ends;    /* while stopping */
	struct service service;
	char *pid_file; /* NULL: none was written */
	gint64 last_report;
	unsigned done;
	bool recovered; /* the last recovery has seen all that earlier processes decided */
	bool stopping;
	bool
	    cut_short; /* workers were ended in the midst of their work, for no fault of their messages */
};

static inline gint64
supervisor_seconds(gint64 n)
{
	return n * G_USEC_PER_SEC;
}

/*
 * supervisor_start.c: configuration, signals, state directory, privileges, and what an earlier process left, in the order in which
 * each may be trusted. 0, or an exit status; the log says why. To be torn down in either case.
 */
int supervisor_set_up(struct supervisor *supervisor);
void supervisor_tear_down(struct supervisor *supervisor);

/* supervisor_returns.c: finishes what the journals of processes that have ended hold. */
void supervisor_recover(struct supervisor *supervisor);
/* The same, where mail that was refused is to be tried again. */
void supervisor_try_mail(struct supervisor *supervisor, gint64 now);
/* Reads what a worker says of its job; a worker that can't say it is dying. */
void supervisor_take_report(struct supervisor *supervisor, struct slot *slot);
/* Takes note of all processes that have ended: workers, and programs. */
void supervisor_reap(struct supervisor *supervisor, gint64 now);

#endif
