/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ENGINE_HISTORY_H
#define CORE_ENGINE_HISTORY_H
/*
 * What outlives the supervisor about single messages: how often each has ended a worker (core/engine/attempts.h), and which were in
 * work when the last supervisor ended. Only a message that has ended a worker has a row in the database, and only the end of a
 * worker writes one. Where the database can't be had, attempts are counted in memory; what goes wrong with it is logged here.
 */
#include <glib.h>
#include <stdbool.h>

struct history;

/* What is known of a message that turns up. */
struct past {
	unsigned attempts;
	gint64 due; /* when it may be tried: g_get_monotonic_time() */
	bool given_up;
};

/* Reads the database; `counts` false: attempts are not counted, there is none. */
struct history *history_open(bool counts);
void history_close(struct history *history);

/* Was in work when the last supervisor ended; `alone`: nothing else was. */
void history_note_suspect(
    struct history *history, const char *directory, const char *id, bool alone);

/*
 * False where nothing is known of it. Else it is told, once: what was in work alone may have ended the supervisor, and that
 * is counted as an attempt now, but delays nothing, since a reboot may have done it too.
 */
bool history_take(
    struct history *history, const char *directory, const char *id, struct past *past);

/* One more attempt than `before`, not to be repeated for `delay` microseconds. Returns how many there were in all. */
unsigned history_count(
    struct history *history, const char *directory, const char *id, unsigned before, gint64 delay);
/* It is done. */
void history_forget(struct history *history, const char *directory, const char *id);
void history_give_up(struct history *history, const char *directory, const char *id);

#endif
