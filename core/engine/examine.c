/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What can't be read is a fact about the message as long as it was the message's doing; what the system could not do is none, and
 * later it may.
 */
#include "core/engine/examine.h"

#include "core/check/gate.h"
#include "core/log/log.h"
#include "core/read/reader.h"
#include "rules/directives.h"
#include "rules/language.h"

#define STAGE "reader"

/* One part, the whole. */
static struct facts *
unread(const struct message *message)
{
	const struct header_list *headers = message->entry->headers;
	struct facts *facts = facts_new();
	struct part *part = facts_add_part(facts, -1, PART_LEAF);
	uint64_t header = 0;

	for (size_t i = 0; i < header_list_count(headers); i++) {
		const struct header_field *field = header_list_at(headers, i);

		header += field->deleted ? 0 : field->length;
	}
	part->header_end = header;
	part->body_start = facts->body_start = header + 1;
	part->body_end = part->body_start + message->entry->body_size;
	part->size = message->entry->body_size;
	part_set(part, PART_FACT_unreadable);
	facts->unparsable = true;
	return facts;
}

/* What is wrong exactly is for the log; people are told in their language. */
static void
blame(struct message *message, const char *key, const char *directive, const char *why)
{
	bool ignored = ignore_denial_of_service_for(message->subject);

	message->facts = unread(message);
	message_find_part(message, ignored ? FINDING_note : FINDING_denial, FINDING_WHOLE, STAGE,
	    GATE_UNREAD_KEY, ignored ? "Ignore Denial Of Service" : directive,
	    language_text(message->subject, key));
	log_message(LOG_WARNING, message_id(message), "Message %s could not be read: %s%s",
	    message_id(message), why, ignored ? "; Ignore Denial Of Service lets it pass" : "");
}

static void
receive(struct reader *reader, struct message *message, GError **error)
{
	/* A failure is in the error. */
	(void)!reader_receive(reader, message, error);
}

static void
settle(struct reader *reader, struct message *message, GError *received)
{
	g_autoptr(GError) error = received;

	if (error == NULL && reader_believe(reader, message, &error))
		return;
	switch ((enum reader_error)error->code) {
	case READER_ERROR_OVERRAN:
		blame(message, "DOSAttack", "Reader Timeout", error->message);
		break;
	case READER_ERROR_DIED:
	case READER_ERROR_NONSENSE:
		blame(message, "KilledMailScanner", NULL, error->message);
		break;
	case READER_ERROR_SYSTEM:
		message_settle(message, FATE_LEAVE, STAGE, "%s", error->message);
		break;
	}
}

/* The first message from `n` on that is to be read; the number of messages where there is none. */
static unsigned
next_open(const struct batch *batch, unsigned n)
{
	while (n < batch->messages->len && !message_is_open(batch_message(batch, n)))
		n++;
	return n;
}

/* The reader reads the next message while the facts of one are looked at. */
void
examine_batch(struct batch *batch)
{
	static const char stage[] = "reading messages";
	struct board *board = batch->context->board;
	struct reader *reader = batch->context->reader;

	for (unsigned n = next_open(batch, 0), next; n < batch->messages->len; n = next) {
		struct message *message = batch_message(batch, n);
		GError *error = NULL;

		next = next_open(batch, n + 1);
		board_note(board, stage, (int)batch_item(batch, n));
		receive(reader, message, &error);
		if (next < batch->messages->len) {
			/* Functions that the brief depends on are called for that one. */
			board_note(board, stage, (int)batch_item(batch, next));
			reader_ask_ahead(reader, batch_message(batch, next));
			board_note(board, stage, (int)batch_item(batch, n));
		}
		settle(reader, message, error);
	}
}
