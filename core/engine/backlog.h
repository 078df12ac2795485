/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ENGINE_BACKLOG_H
#define CORE_ENGINE_BACKLOG_H
/*
 * The messages that the supervisor knows to be in the incoming queues, and when each may be tried. It holds names only.
 *
 * Oldest first, by the time of arrival that the id tells. When `Max Normal Queue Size` or more wait, sorting stops for the next 40
 * batches: messages are then taken in the order in which they were found, and new ones queue behind them.
 */
#include <glib.h>
#include <stdbool.h>
#include "core/engine/job.h"

enum item_state {
	ITEM_WAITING,  /* may be taken now */
	ITEM_DELAYED,  /* may be taken at `due` */
	ITEM_WORKING,  /* a worker holds it */
	ITEM_GIVEN_UP, /* stays, never taken again */
};

struct item {
	const char *directory; /* interned */
	enum item_state state;
	gint64 received;      /* microseconds since the epoch; 0 unknown */
	gint64 due;	      /* g_get_monotonic_time() */
	GSequenceIter *place; /* in the order of those waiting or delayed */
	unsigned seen;	      /* number of the scan that saw it last */
	unsigned tries;	      /* in a row that found it busy or left it */
	unsigned attempts;    /* that ended their worker */
	bool alone;	      /* to be tried in a batch of its own */
	bool told;	      /* the log knows why it stays */
	bool closed;	      /* while a worker had it, another process closed a file of it */
	enum result last;     /* why it stays; RESULT_NOT_TAKEN when nothing was tried */
	char id[];
};

struct backlog;

/* `limit`: Max Normal Queue Size, 0 for "always sort". */
struct backlog *backlog_new(unsigned limit);
void backlog_free(struct backlog *backlog);
void backlog_set_limit(struct backlog *backlog, unsigned limit);

/* The item of that name, or NULL. Borrowed until it is removed. */
struct item *backlog_find(struct backlog *backlog, const char *directory, const char *id);
/* The item; made, and waiting, when the message was not known. One that was stays as it is. */
struct item *backlog_ensure(
    struct backlog *backlog, const char *directory, const char *id, gint64 received);

/* Forgets the message: it has left the queue. */
void backlog_remove(struct backlog *backlog, struct item *item);
/* A worker gives it back. */
void backlog_wait(struct backlog *backlog, struct item *item);
/* Not before `due` (monotonic microseconds). */
void backlog_delay(struct backlog *backlog, struct item *item, gint64 due);
void backlog_give_up(struct backlog *backlog, struct item *item);

/*
 * Begins and ends a scan of the queues: what no worker holds and was not found between the two is forgotten. `forgotten` is called
 * for each such item before it goes; it may be NULL.
 */
void backlog_scan_begin(struct backlog *backlog);
void backlog_scan_end(
    struct backlog *backlog, void (*forgotten)(const struct item *item, void *data), void *data);

/* True when sorting has stopped because so many wait. */
bool backlog_is_long(const struct backlog *backlog);

/*
 * Up to `most` messages that may be tried now, marked ITEM_WORKING, appended to `taken` (struct item *). One that is to be tried
 * alone is the only one.
 */
void backlog_take(struct backlog *backlog, unsigned most, gint64 now, GPtrArray *taken);

/* Waiting, delayed and with workers together; and how many of which state. */
unsigned backlog_count(const struct backlog *backlog);
unsigned backlog_count_state(const struct backlog *backlog, enum item_state state);
/* When the next delayed message becomes due; G_MAXINT64 when none is. Those that are due at `now` count as waiting from here on. */
gint64 backlog_next_due(struct backlog *backlog, gint64 now);

#endif
