/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ENGINE_ATTEMPTS_H
#define CORE_ENGINE_ATTEMPTS_H
/*
 * Messages that ended their worker: how often, and when they may be tried again. An SQLite file (`Processing Attempts
 * Database`) with the tables that MailScanner 5 has and its tools read (processing and archive: id, count, nexttime), and columns
 * of ours for the queue directory. Only messages with a history have a row, so a queue that runs well never writes here.
 *
 * Every change is on disk when the call returns.
 */
#include <glib.h>
#include <stdbool.h>

struct attempts;

struct attempt {
	char *directory; /* queue directory; "" in rows that MailScanner 5 wrote */
	char *id;
	unsigned count;
	gint64 next; /* seconds since the epoch: when it may be tried, or was archived */
};
void attempt_free(struct attempt *attempt);

/* Opens the file and makes what is missing in it. NULL with `error` when it can't be opened or is no database. */
struct attempts *attempts_open(const char *path, GError **error);
/* For reading only, by commands beside a running daemon. */
struct attempts *attempts_open_readonly(const char *path, GError **error);
void attempts_close(struct attempts *attempts);

/* Rows with a count above `more_than`, latest `next` first, of struct attempt; the caller's. `archived`: of given-up messages. */
GPtrArray *attempts_list(struct attempts *attempts, bool archived, unsigned more_than);

/* Counts one more attempt at this message, not to be repeated before `next`. Returns the new count; 0 when it could not be written. */
unsigned attempts_count(
    struct attempts *attempts, const char *directory, const char *id, gint64 next, GError **error);
/* The message is done: its row goes. True also when there was none. */
bool attempts_forget(
    struct attempts *attempts, const char *directory, const char *id, GError **error);
/* The message was given up: its row moves to the archive. */
bool attempts_give_up(
    struct attempts *attempts, const char *directory, const char *id, gint64 now, GError **error);

#endif
