/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ACT_RELEASE_NOTE_H
#define CORE_ACT_RELEASE_NOTE_H
/*
 * What is noted of a message that was given back: in its directory a file `.released` (`.ID.released` beside a message that is kept as one
 * file), for each further time `.released-1` and so on, of lines
 *
 *	Released   when
 *	By         who did it
 *	Id         under which it went into the outgoing queue
 *	Queue      that directory
 *	Recipient  in <>, a line for each
 *
 * The note is made durable in the state directory by the same record that puts the message into the queue (core/act/release.c), and from
 * there brought to its place, now or by the next who looks: an entry that has gone meanwhile needs none.
 */
#include "core/act/kept.h"

/* How their names end in the state directory, where two lines say for which entry they are. */
#define RELEASE_NOTE_SUFFIX ".released"

/* The text in the state directory. The caller's. */
char *release_note_text(const struct kept *kept, const char *by, const char *id, const char *queue,
    const struct envelope *envelope);

/*
 * Brings a note from the state directory to its entry, on disk, and removes it there. True also when the entry is no longer
 * there. SYSTEM, and the note stays.
 */
bool release_note_settle(
    struct spool_place *state, const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* All that are there; those that can't be brought to their places stay. */
void release_note_settle_all(struct spool_place *state);

/* The notes of an entry, oldest first; `state` NULL, or those too that are still in the state directory. Of char *, the caller's. */
GPtrArray *release_notes(const struct kept *kept, const struct spool_place *state);

#endif
