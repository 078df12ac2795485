/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SPOOL_WATCH_H
#define SPOOL_WATCH_H
/*
 * Which messages may be waiting: inotify on the incoming queue directories, with a scan of them at
 * the start, after an overflow, and from time to time as a net. Sub-directories of a split queue
 * are found and watched by themselves.
 *
 * Nothing here opens a message. A found id is a hint: it may be incomplete, locked, or gone.
 */
#include <glib.h>
#include <stdbool.h>
#include "spool/spool.h"

struct watch;

/* `directory` (the queue directory, sub-directory included) is interned: compare and keep the
 * pointer. */
typedef void (*watch_found)(const char *directory, const struct spool_name *name, void *data);

/* `patterns`: directories or globs (char *), as `Incoming Queue Dir` gives them, copied. IO when
 * inotify is not to be had: the watch then only scans. */
struct watch *watch_new(const struct spool_format *format, GPtrArray *patterns, watch_found found,
    void *data, GError **error);
void watch_free(struct watch *watch);

/* To poll for input; -1 without inotify. */
int watch_fd(const struct watch *watch);
/* Takes what inotify has reported. False: events were lost, scan. */
bool watch_read(struct watch *watch);

/* Begins a scan of all queue directories (globs are expanded anew). */
void watch_scan_start(struct watch *watch);
/* Goes on with it for at most `names` names. True while there is more. */
bool watch_scan_step(struct watch *watch, unsigned names);

/* The queue directories known now (interned const char *), sub-directories included. Borrowed. */
const GPtrArray *watch_directories(const struct watch *watch);

#endif
