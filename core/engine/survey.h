/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ENGINE_SURVEY_H
#define CORE_ENGINE_SURVEY_H
/*
 * What lies in the incoming queues, for people: read beside a running daemon, under each message's
 * own lock for as long as its header file takes to read. Nothing is changed.
 */
#include <glib.h>
#include <stdbool.h>
#include "spool/spool.h"

enum survey_state {
	SURVEY_WAITING,	   /* nothing keeps it */
	SURVEY_LOCKED,	   /* somebody is at work on it: nothing more is known */
	SURVEY_FROZEN,	   /* by its MTA, and `Scan Frozen Messages` is no */
	SURVEY_HELD,	   /* by its MTA in another way: `why` says how */
	SURVEY_BAD,	   /* its files are not what they should be: `why` */
	SURVEY_UNREADABLE, /* the system doesn't let us read it: `why` */
	SURVEY_LATER,	   /* it ended its worker; it is tried again at `next` */
	SURVEY_GIVEN_UP,   /* it did so too often; it isn't tried again */
};

struct surveyed {
	const char *directory; /* interned */
	char *id;
	gint64 received; /* seconds since the epoch; 0 when unknown */
	enum survey_state state;
	char *why;	   /* NULL where the state says it all */
	unsigned attempts; /* that ended a worker */
	gint64 next;	   /* SURVEY_LATER: seconds since the epoch */
	uint64_t size;	   /* bytes of its queue files; 0 when unknown */
	bool read;	   /* it could be read, so the rest is known */
	bool frozen;	   /* by its MTA */
	char *sender;
	GPtrArray *recipients; /* of char * */
};

struct survey;

/*
 * Finds the messages in the queues of the configuration in use, those with this id (NULL: all). NULL
 * with `error` when there is nothing to look at: no such format, no readable queue directory.
 */
struct survey *survey_new(const char *id, GError **error);
void survey_free(struct survey *survey);

/* How many were found; they are numbered from 0, oldest first. */
unsigned survey_count(const struct survey *survey);
/* Reads the n-th. NULL when it is gone by now. Release with surveyed_free(). */
struct surveyed *survey_look(struct survey *survey, unsigned n);
/* The same, and hands over its entry, still locked (NULL when it could not be read). The caller frees both. */
struct surveyed *survey_take(struct survey *survey, unsigned n, struct spool_entry **entry);
void surveyed_free(struct surveyed *message);

/* "waiting", "locked" ... */
const char *survey_state_name(enum survey_state state);

#endif
