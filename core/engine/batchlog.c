/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What has become of a batch is said once, when all of it is on disk: a line that says "delivered" is never wrong, whenever the
 * power goes.
 */
#include "core/engine/batchlog.h"

#include "core/act/verdict.h"
#include "core/log/lines.h"
#include "core/log/log.h"
#include "rules/directives.h"

/* "bob@example.test", "bob@example.test and 39 others", "nobody". The caller's. */
static char *
recipients_text(const GPtrArray *recipients)
{
	if (recipients->len == 0)
		return g_strdup("nobody");
	const struct recipient *first = g_ptr_array_index(recipients, 0);
	if (recipients->len == 1)
		return g_strdup_printf("<%s>", first->address);
	return g_strdup_printf("<%s> and %u more", first->address, recipients->len - 1);
}

/* One line a message, at its end here, with what is needed to follow it from queue to queue. */
static void
log_fate(const struct message *message)
{
	const char *id = message_id(message);
	const struct envelope *envelope = message->entry->envelope;
	g_autofree char *to = recipients_text(message_recipients(message));
	const char *why = message->fate.why != NULL ? message->fate.why : "no reason given";

	switch (message->fate.kind) {
	case FATE_PASS:
	case FATE_DELIVER:
		log_message(LOG_INFO, id,
		    "%s: from <%s> to %s, %" G_GUINT64_FORMAT " bytes: handed over%s to %s as %s",
		    id, envelope->sender, to, message->entry->size,
		    message->fate.kind == FATE_PASS ? " untouched" : "", message->delivery.to->path,
		    message->delivery.new_id);
		break;
	case FATE_DROP:
		log_message(LOG_NOTICE, id, "%s: from <%s> to %s: removed by %s: %s", id,
		    envelope->sender, to, message->fate.stage, why);
		break;
	case FATE_LEAVE:
	case FATE_HOLD:
	case FATE_OPEN:
		log_message(LOG_WARNING, id, "%s: from <%s> to %s: stays queued (%s): %s", id,
		    envelope->sender, to, message->fate.stage, why);
		break;
	}
}

static void
log_delivery(const struct message *message)
{
	const char *const *all = subject_recipients(message->subject);
	g_autofree char *recipients = g_strjoinv(",", (char **)all);
	g_autofree char *sender = g_ascii_strdown(message_sender(message), -1);
	g_autofree char *value = header_list_value(message->entry->headers, "Subject");
	/* MailScanner's subject begins behind the colon, with the blank. */
	g_autofree char *subject = g_strconcat(" ", value, NULL);

	if (message->fate.kind == FATE_DELIVER || message->fate.kind == FATE_DROP)
		lines_delivery(message->fate.kind == FATE_DELIVER, message_id(message), sender,
		    recipients, subject);
}

/* Said once by whoever noticed: an expression that reached its limit, and the like. */
static void
log_notes(const struct message *message)
{
	const GPtrArray *notes = subject_notes(message->subject);

	for (unsigned i = 0; notes != NULL && i < notes->len; i++)
		log_message(LOG_WARNING, message_id(message), "%s: %s", message_id(message),
		    (const char *)g_ptr_array_index(notes, i));
}

void
batchlog_end(const struct batch *batch)
{
	unsigned passed = 0, clean = 0, cleaned = 0, silent = 0, moved = 0;
	double seconds = (double)(g_get_monotonic_time() - batch->started) / G_USEC_PER_SEC;
	struct verdict verdict;

	for (unsigned i = 0; i < batch->messages->len; i++) {
		const struct message *message = batch_message(batch, i);

		log_notes(message);
		log_fate(message);
		if (log_delivery_and_non_delivery_for(NULL))
			log_delivery(message);
		if (!batch_has_moved(batch, i))
			continue;
		moved++;
		passed += message->fate.kind == FATE_PASS;
		if (message->fate.kind != FATE_DELIVER)
			continue;
		verdict_of(message, &verdict);
		clean += !verdict.infected;
		silent += verdict.infected && verdict_is_hushed(&verdict);
		cleaned += verdict.infected && !verdict_is_hushed(&verdict);
	}
	if (passed > 0)
		lines_unscanned_delivered(passed);
	if (silent > 0)
		lines_silent_delivered(silent);
	if (clean > 0)
		lines_uninfected_delivered(clean);
	if (cleaned > 0)
		lines_cleaned_delivered(cleaned);
	if (maximum_processing_attempts_for(NULL) > 0)
		lines_attempts_deleted(moved);
	if (log_speed_for(NULL)) {
		lines_batch_speed(batch->scanned_bytes + batch->unscanned_bytes, seconds);
		lines_batch_time(batch->messages->len, seconds);
	}
}
