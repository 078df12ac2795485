/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The same steps as between supervisor and worker, without the frames: what a debugger shows here is what happens there.
 */
#include "core/engine/single.h"

#include "core/engine/batch.h"
#include "core/engine/tell.h"
#include "core/engine/worker.h"
#include "core/log/log.h"
#include "core/read/reader.h"
#include "rules/directives.h"

static unsigned
work(const struct context *context, const GPtrArray *items, unsigned waiting, struct ledger *ledger,
    struct programs *programs)
{
	struct job *job = job_new(waiting);

	for (unsigned i = 0; i < items->len; i++) {
		const struct item *item = g_ptr_array_index(items, i);

		job_add(job, item->directory, item->id, item->attempts, false);
	}
	struct telling *telling;
	struct report *report = worker_do(context, job, &telling);
	unsigned done = ledger_settle(ledger, items, report);

	for (unsigned i = 0; i < report->kicks->len; i++)
		programs_kick(programs, g_ptr_array_index(report->kicks, i), -1);
	tell_send(telling, context);
	tell_wait();
	report_free(report);
	job_free(job);
	return done;
}

unsigned
single_batch(const struct spool_format *format, struct spool_place *state, struct ledger *ledger,
    struct programs *programs)
{
	struct board board = { .stage = "starting", .item = BOARD_NOTHING };
	g_autoptr(GError) error = NULL;
	unsigned waiting, done = 0;
	g_autoptr(GPtrArray) items =
	    ledger_take(ledger, batch_most(), g_get_monotonic_time(), &waiting);

	if (items == NULL)
		return 0;
	struct context context = {
		.format = format,
		.places = spool_places_new(),
		.journal = journal_open(state, "worker-0", &error),
		.board = &board,
		.state = state->fd,
	};
	/* Whoever debugs wants to see the reading too; for all others hostile bytes are kept out of here. */
	if (context.journal != NULL)
		context.reader = reader_start(debug_for(NULL), &error);
	if (context.reader != NULL) {
		context.functions = worker_start_functions(&board);
		done = work(&context, items, waiting, ledger, programs);
		functions_end(context.functions);
	} else {
		log_line(LOG_ERR, "%s", error->message);
	}
	reader_stop(context.reader);
	journal_close(context.journal);
	spool_places_free(context.places);
	return done;
}
