/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SPOOL_JOURNAL_H
#define SPOOL_JOURNAL_H
/*
 * One worker's journal: a file "<name>.journal" in the state directory that holds the record of
 * one batch (spool/record.h), from its first byte on. Its blocks are allocated and written when it
 * is made, so that a commit is one write of data and changes nothing else in the file system.
 */
#include <glib.h>
#include <stdbool.h>
#include "spool/place.h"

#define JOURNAL_SUFFIX ".journal"
#define JOURNAL_PENDING_SUFFIX ".pending"

/* Of the files in the state directory that may hold a record; NULL-terminated. */
extern const char *const journal_suffixes[];

struct journal;

/*
 * Opens the journal, made when it isn't there, and locks it. SPOOL_ERROR_BUSY: another process has
 * it. SPOOL_ERROR_EXISTS: it holds a record, handoff_recover() comes first.
 */
struct journal *journal_open(
    struct spool_place *state, const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* NULL is allowed. */
void journal_close(struct journal *journal);

/*
 * Writes a record over the one before and syncs it. On false it is void again, or
 * journal_is_void() says that this couldn't be brought to disk, so that a power cut may bring the
 * record back.
 */
bool journal_write(
    struct journal *journal, const GByteArray *record, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool journal_is_void(const struct journal *journal);

/* The record is done with: makes it void. */
void journal_retire(struct journal *journal);

/*
 * The record is not done with: gives its file another name, where handoff_recover() finds it and no
 * process holds it. `marks` are written at `offset` of it. Should that fail, the record stays here,
 * and the next journal_write() tries again before it writes.
 */
void journal_put_aside(struct journal *journal, const GByteArray *marks, off_t offset);

/*
 * For recovery, which looks at journals that are not its own: makes the record in `fd` void; gives
 * the journal `name` ("worker-0.journal") the name of one that was put aside ("worker-0-...pending"; journal_open() syncs that before it
 * makes another).
 */
bool journal_make_void(int fd) G_GNUC_WARN_UNUSED_RESULT;
bool journal_rename_pending(
    struct spool_place *state, const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
