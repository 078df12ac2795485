/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The supervisor only knows names; whether a message can be taken, and whether it counts as one to be scanned, shows
 * when it is claimed and read. So the limits are applied here, and what is over them goes back.
 */
#include "core/engine/batch.h"

#include "core/engine/split.h"
#include "core/engine/tell.h"
#include "core/log/lines.h"
#include "core/log/log.h"
#include "rules/directives.h"
#include "rules/language.h"
#include "spool/error.h"

struct limits {
	gint64 scanned, unscanned;
	gint64 scanned_bytes, unscanned_bytes;
};

static enum result
result_of_error(const GError *error)
{
	if (error->domain != SPOOL_ERROR)
		return RESULT_LEFT;
	switch ((enum spool_error)error->code) {
	case SPOOL_ERROR_BUSY:
		return RESULT_BUSY;
	case SPOOL_ERROR_GONE:
		return RESULT_GONE;
	case SPOOL_ERROR_CORRUPT:
		return RESULT_BAD;
	case SPOOL_ERROR_HELD:
		return RESULT_HELD;
	case SPOOL_ERROR_IO:
	case SPOOL_ERROR_EXISTS:
		break;
	}
	return RESULT_LEFT;
}

static struct spool_entry *
claim_and_read(const struct context *context, const struct job_item *item, GError **error)
{
	struct spool_place *place = spool_places_get(context->places, item->directory, error);
	struct spool_entry *entry =
	    place != NULL ? context->format->claim(place, item->id, error) : NULL;

	if (entry == NULL)
		return NULL;
	if (!context->format->read(entry, error)) {
		spool_entry_free(entry);
		return NULL;
	}
	if (entry->envelope->frozen && !scan_frozen_messages_for(NULL)) {
		g_set_error_literal(error, SPOOL_ERROR, SPOOL_ERROR_HELD, "frozen by its MTA");
		spool_entry_free(entry);
		return NULL;
	}
	return entry;
}

/* What has stopped workers again and again is stored as one, whoever it is for: no part of it is looked at once more. */
static void
add_message(struct batch *batch, unsigned item, struct spool_entry *entry, bool whole)
{
	struct message *message = message_new(entry);

	if (scan_messages_for(message->subject) != WORD_no) {
		batch->scanned++;
		batch->scanned_bytes += entry->size;
	} else {
		batch->unscanned++;
		batch->unscanned_bytes += entry->size;
	}
	if (whole) {
		g_ptr_array_add(batch->messages, message);
		g_array_append_val(batch->items, item);
		return;
	}
	g_autoptr(GPtrArray) all = split_message(message);
	for (unsigned i = 0; i < all->len; i++) {
		g_ptr_array_add(batch->messages, g_ptr_array_index(all, i));
		g_array_append_val(batch->items, item);
	}
}

static void
take(struct batch *batch, unsigned n)
{
	const struct job_item *item = g_ptr_array_index(batch->job->items, n);
	g_autoptr(GError) error = NULL;
	struct spool_entry *entry = claim_and_read(batch->context, item, &error);

	if (entry == NULL) {
		report_set(batch->report, n, result_of_error(error), error->message);
		return;
	}
	unsigned first = batch->messages->len;

	add_message(batch, n, entry, item->give_up);
	struct message *message = batch_message(batch, first);
	if (item->give_up) {
		lines_too_many_attempts(item->id);
		message_find(message, FINDING_crashes, "attempts",
		    language_text(message->subject, "KilledMailScanner"));
	} else if (item->attempt > 0) {
		lines_attempt(item->id, item->attempt);
	}
}

static bool
is_full(const struct batch *batch, const struct limits *limits)
{
	return batch->scanned >= limits->scanned || batch->unscanned >= limits->unscanned ||
	       batch->scanned_bytes >= (uint64_t)limits->scanned_bytes ||
	       batch->unscanned_bytes >= (uint64_t)limits->unscanned_bytes;
}

static void
log_new_batch(const struct batch *batch)
{
	if (batch->messages->len == 0)
		return;
	if (batch->job->waiting > batch->messages->len)
		lines_waiting(batch->job->waiting);
	if (batch->unscanned > 0)
		lines_forwarding(batch->unscanned, batch->unscanned_bytes);
	if (batch->scanned > 0)
		lines_scanning(batch->scanned, batch->scanned_bytes);
}

static void
message_free_item(void *message)
{
	message_free(message);
}

struct batch *
batch_form(const struct context *context, const struct job *job, struct report *report)
{
	struct limits limits = {
		.scanned = MAX(1, max_unsafe_messages_per_scan_for(NULL)),
		.unscanned = MAX(1, max_unscanned_messages_per_scan_for(NULL)),
		.scanned_bytes = MAX(1, max_unsafe_bytes_per_scan_for(NULL)),
		.unscanned_bytes = MAX(1, max_unscanned_bytes_per_scan_for(NULL)),
	};
	static uint64_t number;
	struct batch *batch = g_new0(struct batch, 1);

	batch->context = context;
	batch->job = job;
	batch->report = report;
	batch->messages = g_ptr_array_new_with_free_func(message_free_item);
	batch->items = g_array_new(FALSE, FALSE, sizeof(unsigned));
	batch->archived = g_string_new(NULL);
	batch->telling = telling_new();
	batch->view = (struct batch_view){ batch->messages, ++number, 0, g_get_real_time(), 0 };
	functions_begin_batch(context->functions, &batch->view);
	for (unsigned n = 0; n < job->items->len && !is_full(batch, &limits); n++) {
		board_note(context->board, "reading", (int)n);
		take(batch, n);
	}
	/* What is timed and logged as the batch begins when it is formed. */
	batch->started = g_get_monotonic_time();
	batch->view.bytes = batch->scanned_bytes + batch->unscanned_bytes;
	log_new_batch(batch);
	return batch;
}

void
batch_free(struct batch *batch)
{
	functions_end_batch(batch->context->functions);
	/* Those that share an entry stand behind its owner. */
	while (batch->messages->len > 0)
		g_ptr_array_remove_index(batch->messages, batch->messages->len - 1);
	g_ptr_array_unref(batch->messages);
	g_array_unref(batch->items);
	g_string_free(batch->archived, TRUE);
	telling_free(batch->telling);
	g_free(batch);
}

unsigned
batch_most(void)
{
	gint64 scanned = max_unsafe_messages_per_scan_for(NULL);
	gint64 unscanned = max_unscanned_messages_per_scan_for(NULL);

	return (unsigned)CLAMP(MAX(scanned, unscanned), 1, 10000);
}

struct message *
batch_message(const struct batch *batch, unsigned n)
{
	return g_ptr_array_index(batch->messages, n);
}

unsigned
batch_item(const struct batch *batch, unsigned n)
{
	return g_array_index(batch->items, unsigned, n);
}

bool
batch_has_moved(const struct batch *batch, unsigned n)
{
	const struct report_item *item =
	    g_ptr_array_index(batch->report->items, batch_item(batch, n));

	return item->result == RESULT_DONE;
}
