/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SPOOL_RECORD_H
#define SPOOL_RECORD_H
/*
 * The tasks of a batch as bytes: what a journal holds.
 *
 *   header   magic with version, CRC-32 of all that follows it up to the marks, number of
 *            tasks, length of the body
 *   body     a serialised GVariant: the queue directories (path, inode) and the tasks
 *   marks    a byte for each task, 0 at first; 1: it was done, though others of the batch were not
 *
 * The marks are outside of the checksum, so that each can be set by a write of its own. One that is
 * lost does no harm: its task is found to be done.
 */
#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>
#include "spool/place.h"

/* Zeros of this length at the start make a record void. */
enum { RECORD_HEADER_SIZE = 24 };

enum record_state {
	RECORD_NONE,	/* nothing, or not the whole of a record: it was never decided */
	RECORD_UNKNOWN, /* by another version of the program */
	RECORD_WHOLE,
};

struct record {
	GPtrArray *tasks;    /* of struct task. One with `trouble` (its queue is not to be had) may
			     lack places. */
	const guint8 *marks; /* borrowed from the bytes */
	off_t marks_offset;
};

/* The record of these tasks. Directories are written with their absolute paths. */
GByteArray *record_write(const GPtrArray *tasks);

/* Cheap: judges by magic and version alone, from the first RECORD_HEADER_SIZE bytes. */
enum record_state record_glance(const void *header);

/* Fills in `record` when it is whole; record_clear() then frees what is in it. */
enum record_state record_read(GBytes *bytes, struct spool_places *places, struct record *record);
void record_clear(struct record *record);

#endif
