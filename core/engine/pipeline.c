/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of stages, in the order in which a batch meets them. A stage works either on each message whose fate is still
 * open or on the batch as a whole. It reads findings and writes findings, fate and edits; none knows which ran before it.
 *
 * A stage that settles a fate ends the message's way through the table up to the hand-over. Where an answer that a stage needed
 * could not be had (a resolver that is down), the message is left in the incoming queue, whatever the stage decided.
 */
#include "core/engine/pipeline.h"

#include "core/act/archive.h"
#include "core/act/headers.h"
#include "core/act/notice.h"
#include "core/act/quarantine.h"
#include "core/act/reject.h"
#include "core/engine/handover.h"
#include "core/log/lines.h"
#include "core/log/log.h"
#include "rules/directives.h"

struct stage {
	const char *name;
	void (*each)(struct batch *batch, struct message *message);
	void (*whole)(struct batch *batch);
};

/* A message that has ended its worker again and again is kept for people, not tried once more. */
static void
stop_crashers(struct batch *batch, struct message *message)
{
	g_autoptr(GError) error = NULL;

	if (message_finding(message, FINDING_crashes) == NULL)
		return;
	if (quarantine_crasher(message, &error))
		notice_add(batch->notice, message);
	else
		message_settle(message, FATE_LEAVE, "quarantine", "%s", error->message);
}

static void
archive(struct batch *batch, struct message *message)
{
	g_autoptr(GError) error = NULL;
	bool stored = false;

	if (!archive_message(message, &stored, &error))
		message_settle(message, FATE_LEAVE, "archive", "%s", error->message);
	else if (stored)
		g_string_append_printf(batch->archived, " %s", message_id(message));
}

static void
log_archived(struct batch *batch)
{
	if (batch->archived->len > 0)
		lines_archived(batch->archived->str);
}

static void
reject(struct batch *batch, struct message *message)
{
	g_autoptr(GError) error = NULL;

	(void)batch;
	if (!reject_message(message, &error))
		message_settle(message, FATE_LEAVE, "reject", "%s", error->message);
}

static void
pass_unscanned(struct batch *batch, struct message *message)
{
	(void)batch;
	if (scan_messages_for(message->subject) == WORD_no)
		message_settle(message, FATE_PASS, "pass", NULL);
}

static void
plan_headers(struct batch *batch, struct message *message)
{
	(void)batch;
	headers_plan(message);
}

static void
deliver(struct batch *batch, struct message *message)
{
	(void)batch;
	message_settle(message, FATE_DELIVER, "deliver", NULL);
}

static void
send_notices(struct batch *batch)
{
	notice_send(batch->notice);
}

/* When all is final, and whatever became of each message: for functions that keep records. */
static void
look_up_last(struct batch *batch)
{
	struct functions *functions = batch->context->functions;
	gint64 started = g_get_monotonic_time();

	batch->view.ended = g_get_real_time();
	if (!functions_has(functions, DIRECTIVE_always_looked_up_last))
		return;
	for (unsigned i = 0; i < batch->messages->len; i++) {
		board_note(batch->context->board, "looking up last", (int)batch_item(batch, i));
		functions_look_last(functions, batch_message(batch, i)->subject);
	}
	if (log_speed_for(NULL))
		lines_looked_up_last((double)(g_get_monotonic_time() - started) / G_USEC_PER_SEC);
}

static void
look_up_after_batch(struct batch *batch)
{
	if (functions_has(batch->context->functions, DIRECTIVE_always_looked_up_last_after_batch))
		functions_look_after_batch(batch->context->functions, &batch->view);
}

static const struct stage stages[] = {
	{ .name = "stopping repeated crashes", .each = stop_crashers },
	{ .name = "archiving", .each = archive },
	{ .name = "archiving", .whole = log_archived },
	{ .name = "rejecting", .each = reject },
	{ .name = "passing unscanned mail", .each = pass_unscanned },
	/* Reading, and the checks of what was read, stand here. */
	{ .name = "planning headers", .each = plan_headers },
	{ .name = "delivering", .each = deliver },
	{ .name = "handing over", .whole = handover },
	{ .name = "telling postmasters", .whole = send_notices },
	{ .name = "looking up last", .whole = look_up_last },
	{ .name = "looking up after the batch", .whole = look_up_after_batch },
};

static void
run_each(struct batch *batch, const struct stage *stage)
{
	for (unsigned i = 0; i < batch->messages->len; i++) {
		struct message *message = batch_message(batch, i);

		if (!message_is_open(message))
			continue;
		board_note(batch->context->board, stage->name, (int)batch_item(batch, i));
		stage->each(batch, message);
	}
}

void
pipeline_run(struct batch *batch)
{
	if (batch->messages->len == 0)
		return;
	for (size_t i = 0; i < G_N_ELEMENTS(stages); i++) {
		board_note(batch->context->board, stages[i].name, BOARD_BATCH);
		if (stages[i].each != NULL)
			run_each(batch, &stages[i]);
		else
			stages[i].whole(batch);
	}
}
