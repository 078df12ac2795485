/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ENGINE_LEDGER_H
#define CORE_ENGINE_LEDGER_H
/*
 * What the supervisor knows of each message: the backlog, how often it has ended a worker, whether its hand-off still has to be finished.
 * Here stands when a message is tried again:
 *
 *	locked by another process      after 1, 2, 4 ... milliseconds, at most Queue Scan Interval
 *	left (disk full, no resolver)  after Queue Scan Interval, doubling up to ten times that
 *	not of the format, held back   after a minute, told once
 *	in the hands of a worker that ended, but not the one it was busy with: at once, alone
 *	the one it was busy with, or the only one: counted, alone, after Queue Scan Interval doubling up to four minutes;
 *	                               after Maximum Processing Attempts it is stored away instead
 *	in work when the supervisor itself ended: at once, alone
 */
#include <glib.h>
#include <stdbool.h>
#include "core/engine/backlog.h"
#include "core/engine/job.h"

struct ledger;

/* Reads the attempts database; where that can't be had, attempts are counted in memory (and the log says so). */
struct ledger *ledger_open(void);
void ledger_close(struct ledger *ledger);
/* After a change of configuration. */
void ledger_reconfigure(struct ledger *ledger);

/* A message was seen in a queue. */
void ledger_found(struct ledger *ledger, const char *directory, const char *id, gint64 received);
/* Another process has closed one of its files: if it was found locked before, it may be free now. */
void ledger_closed(struct ledger *ledger, const char *directory, const char *id);
/*
 * Was in work when an earlier supervisor ended: should it be found, it is tried alone, and at once. One that
 * was being tried `alone` already may have ended it: that is counted.
 */
void ledger_note_suspect(struct ledger *ledger, const char *directory, const char *id, bool alone);
void ledger_scan_begin(struct ledger *ledger);
void ledger_scan_end(struct ledger *ledger);

/* What recovery brought: ids that are done (char *), and those still pending (struct handoff_trouble). Returns how many were done. */
unsigned ledger_recovered(
    struct ledger *ledger, const GPtrArray *finished, const GPtrArray *pending);

/* The next batch (of struct item *, the array is the caller's), or NULL; and how many wait, these included. */
GPtrArray *ledger_take(struct ledger *ledger, unsigned most, gint64 now, unsigned *waiting);
/* Maximum Processing Attempts; 0: they are not counted. */
unsigned ledger_most_attempts(void);

/* What a worker reports of its job. Returns how many messages have left the queue. */
unsigned ledger_settle(struct ledger *ledger, const GPtrArray *job, const struct report *report);
/* The job was not begun. */
void ledger_return(struct ledger *ledger, const GPtrArray *job);
/* The worker ended over its job, at item `at` (negative: at none in particular). Call ledger_recovered() first. */
void ledger_suspect(struct ledger *ledger, const GPtrArray *job, int at);

/* Known messages, whatever their state. */
unsigned ledger_count(const struct ledger *ledger);
unsigned ledger_pending(const struct ledger *ledger);
bool ledger_is_long(const struct ledger *ledger);
/* When the next message may be tried: `now` or before when one waits; G_MAXINT64 when none ever. */
gint64 ledger_next_due(struct ledger *ledger, gint64 now);

#endif
