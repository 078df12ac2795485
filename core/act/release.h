/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ACT_RELEASE_H
#define CORE_ACT_RELEASE_H
/*
 * A message of the quarantine is given back: as it came, with a header that says so, it goes into the outgoing queue as a new message,
 * which nothing scans again. It is there once and whole, or not at all, whenever the program ends:
 *
 *	prepared   the queue files and the note of the release, under names that nobody takes for one (they are swept some day)
 *	decided    the journal "release" holds the record: the files get their names, now or when the record is found again
 *	noted      the note is brought to the entry (core/act/release_note.h); only then are the files' locks let go
 *
 * Errors are KEPT_ERROR.
 */
#include "core/act/kept.h"

struct release;

/*
 * One process at a time may give back: waits for another for some seconds, and finishes what one began that died. SYSTEM.
 * `state` is the state directory.
 */
struct release *release_open(const char *state, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void release_close(struct release *release);

struct release_terms {
	const struct spool_format *format;
	const char *const *recipients; /* NULL-terminated; NULL or none: the original ones */
	const char *by;		       /* who does it, for the header */
	bool again;		       /* though it was given back before */
};

/*
 * Gives it back. On true it is in the outgoing queue, on disk, under the id in `new_id`, and that is noted. REFUSED: it was not kept
 * whole, it is damaged, or nobody is known or fit to receive it. RELEASED: that was done before, the text says when. GONE. SYSTEM: later
 * it may work; where the text says that it will be finished, the next release_open() or release_recover() does that.
 */
bool release_message(struct release *release, const struct kept *kept,
    const struct release_terms *terms, char new_id[SPOOL_ID_MAX],
    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * Carries out what was decided by one that died, as far as that is possible now: for a daemon, from time to time. What can't be done is
 * logged.
 */
void release_recover(struct spool_place *state);

#endif
