/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One hand-off for the whole batch, because syncing is what costs. A message that can't be prepared is left in the
 * incoming queue and the others go on. Nothing says "delivered" before the hand-off is through.
 */
#include "core/engine/handover.h"

#include <string.h>

#include "core/act/broken.h"
#include "core/act/headers.h"
#include "core/act/leftout.h"
#include "core/act/rewrite.h"
#include "core/engine/batchlog.h"
#include "core/log/log.h"
#include "rules/directives.h"

/* Outgoing queue and layout for a message. False: fate is settled as "leave". */
static bool
choose_queue(struct batch *batch, struct message *message)
{
	g_autoptr(GError) error = NULL;
	const char *path = outgoing_queue_dir_for(message->subject);
	struct spool_delivery *delivery = &message->delivery;

	delivery->to = spool_places_get(batch->context->places, path, &error);
	if (delivery->to == NULL) {
		message_leave(message, "outgoing queue", error->message);
		return false;
	}
	delivery->layout = split_exim_spool_for(NULL) ? SPOOL_SPLIT : SPOOL_DETECT;
	delivery->keep_deleted_headers = keep_removed_headers_for(message->subject);
	delivery->untouched = message->fate.kind == FATE_PASS;
	delivery->recipients =
	    message->redirected != NULL ? message->redirected : message->recipients;
	return true;
}

/* What is left out for a signature, and which breaks for what can't be left out. */
static void
log_signatures(const struct message *message, const struct rewrite *plan)
{
	const char *id = message_id(message);
	const GPtrArray *broken = rewrite_broken(plan);

	for (unsigned i = 0; i < rewrite_left_out(plan)->len; i++) {
		const struct left_out *left = g_ptr_array_index(rewrite_left_out(plan), i);

		log_message(LOG_INFO, id, "%s: %s", id, left->why);
	}
	if (broken->len == 0)
		return;
	g_autofree char *stages = broken_by(message);
	g_autoptr(GString) list = g_string_new(NULL);

	for (unsigned i = 0; i < broken->len; i++)
		g_string_append_printf(
		    list, "%s%s", i > 0 ? "; " : "", (const char *)g_ptr_array_index(broken, i));
	log_message(LOG_NOTICE, id,
	    "%s: changes that the configuration asks for (%s) break a signature of the sender: %s",
	    id, stages, list->str);
}

/* The body with its planned edits; and as a patch, where it is short. */
static bool
plan_body(struct message *message, struct rewrite **plan, GBytes **tail, GError **error)
{
	struct spool_delivery *delivery = &message->delivery;

	if (message->fate.kind != FATE_DELIVER || message->body_edits->len == 0)
		return true;
	if (!rewrite_plan(message, plan, error))
		return false;
	log_signatures(message, *plan);
	if (rewrite_is_empty(*plan))
		return true;
	delivery->new_body = rewrite_give;
	delivery->body = *plan;
	/* Others that share the entry still need the old body. */
	if (message->recipients == NULL)
		delivery->new_tail = *tail = rewrite_tail(*plan, &delivery->same);
	return true;
}

static bool
deliver(struct batch *batch, struct message *message, struct handoff *handoff, GError **error)
{
	g_autoptr(GBytes) tail = NULL;
	struct rewrite *plan = NULL;

	if (!plan_body(message, &plan, &tail, error))
		return false;
	if (message->fate.kind == FATE_DELIVER)
		headers_apply(message);
	if (message->added_recipients->len > 0) {
		g_ptr_array_add(message->added_recipients, NULL);
		message->delivery.added = (const char *const *)message->added_recipients->pdata;
	}
	bool done =
	    batch->context->format->deliver(message->entry, &message->delivery, handoff, error);
	message->delivery.new_body = NULL;
	message->delivery.body = NULL;
	message->delivery.new_tail = NULL;
	rewrite_free(plan);
	return done;
}

/* Edits of one message must not show in another that shares its entry. */
static struct header_list *
copy_headers(const struct header_list *headers)
{
	struct header_list *copy = header_list_new();

	for (size_t i = 0; i < header_list_count(headers); i++) {
		const struct header_field *field = header_list_at(headers, i);

		header_list_read(copy, field->text, field->length, field->mark, field->deleted);
	}
	return copy;
}

static bool
deliver_share(struct batch *batch, struct message *message, struct handoff *handoff, GError **error)
{
	struct header_list *original = message->entry->headers;
	struct header_list *copy = copy_headers(original);

	message->entry->headers = copy;
	bool done = deliver(batch, message, handoff, error);
	message->entry->headers = original;
	header_list_free(copy);
	return done;
}

static bool
plan_delivery(struct batch *batch, struct message *message, struct handoff *handoff)
{
	g_autoptr(GError) error = NULL;
	bool done = message->recipients != NULL ? deliver_share(batch, message, handoff, &error)
						: deliver(batch, message, handoff, &error);

	if (!done)
		message_leave(message, "hand-over", error->message);
	return done;
}

/* Looks up all that the hand-over depends on; only then is it known whether some answer could not be had. */
static void
look_up(struct batch *batch, struct message *message)
{
	bool delivers = message->fate.kind == FATE_PASS || message->fate.kind == FATE_DELIVER;
	bool chosen = !delivers || choose_queue(batch, message);

	/* An answer that could not be had forbids everything but leaving the message where it is. */
	if (chosen && subject_doubt(message->subject) != NULL)
		message_leave(message, "doubt", subject_doubt(message->subject));
}

static bool
is_leaving(const struct message *message)
{
	return message->fate.kind == FATE_PASS || message->fate.kind == FATE_DELIVER;
}

/* How many messages from `first` on are of the same queue entry. */
static unsigned
count_shares(const struct batch *batch, unsigned first)
{
	unsigned n = first + 1;

	while (n < batch->messages->len && batch_message(batch, n)->shares != NULL)
		n++;
	return n - first;
}

/* All messages of an entry go, or none: what the rules say for one recipient only counts when it can be done for all. */
static bool
are_all_decided(const struct batch *batch, unsigned first, unsigned count)
{
	const struct message *kept = NULL;

	for (unsigned i = first; i < first + count; i++) {
		const struct message *message = batch_message(batch, i);

		if (!is_leaving(message) && message->fate.kind != FATE_DROP)
			kept = message;
	}
	for (unsigned i = first; kept != NULL && i < first + count; i++) {
		struct message *message = batch_message(batch, i);

		if (message != kept)
			message_leave(message, "split",
			    "it waits for the part of it that goes to other recipients");
	}
	return kept == NULL;
}

/* Adds the messages of one entry to the hand-off, or leaves them. */
static bool
plan(struct batch *batch, unsigned first, unsigned count, struct handoff *handoff)
{
	struct spool_entry *entry = batch_message(batch, first)->entry;
	bool any = false, done = true;

	for (unsigned i = first; i < first + count; i++)
		look_up(batch, batch_message(batch, i));
	if (!are_all_decided(batch, first, count))
		return false;
	spool_entry_begin(entry, handoff);
	for (unsigned i = first; done && i < first + count; i++) {
		struct message *message = batch_message(batch, i);

		if (!is_leaving(message))
			continue;
		any = true;
		done = plan_delivery(batch, message, handoff);
	}
	if (!done) {
		handoff_abandon(handoff);
		are_all_decided(batch, first, count);
		return false;
	}
	if (!any)
		batch->context->format->drop(entry, handoff);
	return true;
}

static struct message *
message_of_id(struct batch *batch, const char *id, unsigned *n)
{
	for (*n = 0; *n < batch->messages->len; (*n)++) {
		if (strcmp(message_id(batch_message(batch, *n)), id) == 0)
			return batch_message(batch, *n);
	}
	return NULL;
}

static void
report_pending(struct batch *batch, GPtrArray *pending)
{
	for (unsigned i = 0; i < pending->len; i++) {
		const struct handoff_trouble *entry = g_ptr_array_index(pending, i);
		unsigned n;

		if (message_of_id(batch, entry->id, &n) == NULL)
			continue;
		report_set(batch->report, batch_item(batch, n), RESULT_PENDING, entry->why);
		log_message(LOG_ERR, entry->id,
		    "%s: decided but not yet moved, will be finished later: %s", entry->id,
		    entry->why);
	}
}

static void
leave_refused(struct batch *batch, GPtrArray *refused)
{
	for (unsigned i = 0; i < refused->len; i++) {
		const struct handoff_trouble *entry = g_ptr_array_index(refused, i);

		for (unsigned n = 0; n < batch->messages->len; n++) {
			struct message *message = batch_message(batch, n);

			if (strcmp(message_id(message), entry->id) == 0)
				message_leave(message, "hand-over", entry->why);
		}
	}
}

static void
leave_all(struct batch *batch, const char *why)
{
	for (unsigned i = 0; i < batch->messages->len; i++)
		message_leave(batch_message(batch, i), "hand-over", why);
}

static void
commit(struct batch *batch, struct handoff *handoff)
{
	g_autoptr(GPtrArray) pending = NULL;
	g_autoptr(GPtrArray) refused = NULL;
	g_autoptr(GError) error = NULL;

	if (!handoff_commit(handoff, &refused, &pending, &error)) {
		log_line(LOG_ERR, "hand-over of a batch failed, its messages stay queued: %s",
		    error->message);
		leave_all(batch, error->message);
		return;
	}
	leave_refused(batch, refused);
	report_pending(batch, pending);
}

static enum result
result_of_fate(enum fate_kind kind)
{
	switch (kind) {
	case FATE_PASS:
	case FATE_DELIVER:
	case FATE_DROP:
		return RESULT_DONE;
	case FATE_HOLD:
		return RESULT_GIVEN_UP;
	case FATE_OPEN:
	case FATE_LEAVE:
		break;
	}
	return RESULT_LEFT;
}

static void
report_fates(struct batch *batch)
{
	for (unsigned i = 0; i < batch->messages->len; i++) {
		const struct message *message = batch_message(batch, i);
		const struct report_item *item =
		    g_ptr_array_index(batch->report->items, batch_item(batch, i));

		if (item->result != RESULT_PENDING)
			report_set(batch->report, batch_item(batch, i),
			    result_of_fate(message->fate.kind), message->fate.why);
	}
}

static void
add_kick(struct batch *batch, const struct message *message)
{
	const char *command = sendmail2_for(message->subject);

	if (delivery_method_for(message->subject) != WORD_batch || *command == '\0')
		return;
	struct kick *kick = report_kick(batch->report, command, message->delivery.to->path);
	kick->wait = !deliver_in_background_for(NULL);
	g_ptr_array_add(kick->ids, g_strdup(message->delivery.new_id));
}

static enum handoff_sync
sync_method(void)
{
	return queue_sync_for(NULL) == WORD_file ? HANDOFF_SYNC_FILE : HANDOFF_SYNC_FILE_SYSTEM;
}

void
handover(struct batch *batch)
{
	struct handoff *handoff = handoff_new(batch->context->journal, sync_method());
	unsigned planned = 0;

	for (unsigned i = 0, count; i < batch->messages->len; i += count) {
		count = count_shares(batch, i);
		board_note(
		    batch->context->board, "preparing the hand-over", (int)batch_item(batch, i));
		planned += plan(batch, i, count, handoff);
	}
	board_note(batch->context->board, "handing over", BOARD_BATCH);
	if (planned > 0)
		commit(batch, handoff);
	handoff_free(handoff);
	report_fates(batch);
	for (unsigned i = 0; i < batch->messages->len; i++) {
		const struct message *message = batch_message(batch, i);

		if (batch_has_moved(batch, i) && message->fate.kind != FATE_DROP)
			add_kick(batch, message);
	}
	batchlog_end(batch);
}
