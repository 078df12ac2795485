/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SPOOL_WATCH_H
#define SPOOL_WATCH_H
/*
 * Which messages may be waiting: inotify on the incoming queue directories, with a scan of them at
 * the start, after an overflow, and from time to time as a net. Sub-directories of a split queue
 * are found and watched by themselves.
 *
 * Nothing here opens a message. A found id is a hint: it may be incomplete, locked, or gone, and
 * the same one may come several times. What comes:
 *
 *   name->control    the file that makes it a message was put there, or was written and closed.
 *                    Also when a process of ours lets go of a message that it leaves in the queue:
 *                    so a message that is to wait must be known to the caller, or it is tried
 *                    without end.
 *   not control      another of its files was written and closed. An MTA lets go of its lock that
 *                    way, so it is the time to try a message again that was found busy.
 */
#include <glib.h>
#include <stdbool.h>
#include "spool/spool.h"

struct watch;

/* `directory` (the queue directory, sub-directory included) is interned: compare and keep the
 * pointer. */
typedef void (*watch_found)(const char *directory, const struct spool_name *name, void *data);

/* Whether arrivals are to be told, or scans are enough (giving inotify back takes the kernel some 20 ms). */
enum watch_means { WATCH_ARRIVALS, WATCH_SCANS };

/*
 * `patterns`: directories or globs (char *), as `Incoming Queue Dir` gives them, copied. What
 * doesn't exist yet is looked for at each scan. Where inotify is not to be had, `error` is set
 * (SPOOL_ERROR_IO) and the watch returned all the same: it then only scans. Nothing is found before
 * the first scan.
 */
struct watch *watch_new(const struct spool_format *format, enum watch_means means,
    GPtrArray *patterns, watch_found found, void *data, GError **error);
void watch_free(struct watch *watch);

/* To poll for input; -1 without inotify. */
int watch_fd(const struct watch *watch);
/* Takes what inotify has reported. False: events were lost or a queue directory went away, scan. */
bool watch_read(struct watch *watch);

/* Begins a scan of all queue directories (globs are expanded anew). One that is under way starts
 * over. */
void watch_scan_start(struct watch *watch);
/* Goes on with it for at most `names` names. True while there is more. */
bool watch_scan_step(struct watch *watch, unsigned names);

/*
 * The queue directories known now (interned const char *), sub-directories included: those that
 * the patterns named at the last scan, and that could be opened. Borrowed until the next call.
 */
const GPtrArray *watch_directories(const struct watch *watch);

#endif
