/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ENGINE_BATCH_H
#define CORE_ENGINE_BATCH_H
/*
 * Messages that go through the pipeline together: claimed under their MTA's lock, read, and kept locked until what was
 * decided about them is on disk.
 */
#include <glib.h>
#include <stdint.h>
#include "core/engine/board.h"
#include "core/engine/job.h"
#include "core/message/message.h"
#include "core/read/reader.h"
#include "spool/spool.h"

/* What a worker holds for its whole life. */
struct context {
	const struct spool_format *format;
	struct spool_places *places;
	struct journal *journal;
	struct board *board;
	struct reader *reader;
	int state;		     /* the state directory */
	struct functions *functions; /* NULL: none */
};

struct telling; /* core/engine/tell.h */

struct batch {
	const struct context *context; /* borrowed */
	const struct job *job;	       /* borrowed */
	struct report *report;	       /* borrowed: filled as fates become known */
	GPtrArray *messages;	       /* of struct message, owned */
	GArray *items;		       /* of unsigned: each message's index in the job */
	GString *archived;	       /* ids of which copies were saved, a blank before each */
	struct telling
	    *telling; /* owned until the worker takes it: mails to senders and postmasters */
	unsigned scanned, unscanned; /* how many are to be scanned, or just passed on */
	uint64_t scanned_bytes, unscanned_bytes;
	unsigned file_problems, content_problems; /* that the checks found, for the log */
	gint64 started;				  /* g_get_monotonic_time() */
	struct batch_view view;			  /* for plugins */
};

/*
 * Claims and reads the job's messages, in order, until one of the four limits (Max Unsafe/Unscanned Messages/Bytes Per Scan)
 * is reached. What can't be taken is reported; what can is in the batch. Never NULL. Logs the "New Batch" lines.
 */
struct batch *batch_form(
    const struct context *context, const struct job *job, struct report *report);
/* Lets all locks go. */
void batch_free(struct batch *batch);

/* How many messages to offer for a batch: as many of them are taken as the limits for their kinds and sizes allow. */
unsigned batch_most(void);

struct message *batch_message(const struct batch *batch, unsigned n);
/* The job's index of the n-th message. */
unsigned batch_item(const struct batch *batch, unsigned n);
/* Has it left the incoming queue, as far as its report says? */
bool batch_has_moved(const struct batch *batch, unsigned n);

#endif
