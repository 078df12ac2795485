/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ENGINE_INTAKE_H
#define CORE_ENGINE_INTAKE_H
/*
 * Keeps the ledger up to date with what lies in the incoming queues: told of arrivals by the watch, and by a scan of all each
 * `Queue Scan Interval`. Removes what was prepared for hand-offs that a crash prevented.
 */
#include "core/engine/ledger.h"
#include "spool/spool.h"
#include "spool/watch.h"

struct intake;

/* All is borrowed. `means`: whether arrivals are told, or found by scans alone. `only_id`: the only message to be noticed; NULL: all. */
struct intake *intake_new(const struct spool_format *format, struct spool_place *state,
    struct ledger *ledger, enum watch_means means, const char *only_id);
void intake_free(struct intake *intake);

/* Turns to the queues of the configuration in force and begins a scan. False: they are not to be had (logged), all stays as it was. */
bool intake_open(struct intake *intake);

/* To poll for input, then to read; -1: none. */
int intake_fd(const struct intake *intake);
void intake_read(struct intake *intake);

/* Goes on with the scan for a while, or begins one when it is time. */
void intake_go_on(struct intake *intake, gint64 now);
/* When to call that next. */
gint64 intake_next(const struct intake *intake, gint64 now);

/* All that was there at the start is known. */
bool intake_is_complete(const struct intake *intake);
bool intake_is_scanning(const struct intake *intake);
/* When the last scan that was completed began (monotonic microseconds): what came later may be unknown. */
gint64 intake_scanned(const struct intake *intake);
/* Scans at the next chance. */
void intake_rescan(struct intake *intake);

#endif
