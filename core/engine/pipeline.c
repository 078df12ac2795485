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
#include "core/act/copies.h"
#include "core/act/decide.h"
#include "core/act/headers.h"
#include "core/act/quarantine.h"
#include "core/act/reject.h"
#include "core/check/archives.h"
#include "core/check/crypt.h"
#include "core/check/filenames.h"
#include "core/check/filetypes.h"
#include "core/check/html.h"
#include "core/check/phishing.h"
#include "core/check/sizes.h"
#include "core/check/structure.h"
#include "core/engine/examine.h"
#include "core/engine/handover.h"
#include "core/engine/tell.h"
#include "core/log/check_lines.h"
#include "core/log/lines.h"
#include "core/log/log.h"
#include "rules/directives.h"

struct stage {
	const char *name;
	bool judges; /* reads and finds, and touches nothing */
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
	(void)batch;
	if (!quarantine_crasher(message, &error))
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
stay(struct message *message, const char *stage, const GError *error)
{
	message_settle(message, FATE_LEAVE, stage, "%s", error->message);
}

static void
quarantine(struct batch *batch, struct message *message)
{
	g_autoptr(GError) error = NULL;

	if (!decide_quarantine(message, batch->context->reader, &error) ||
	    !decide_denial(message, &error))
		stay(message, "quarantine", error);
}

static void
silence(struct batch *batch, struct message *message)
{
	(void)batch;
	decide_silent(message);
	decide_redirect(message);
	decide_rename(message);
}

static void
mend(struct batch *batch, struct message *message)
{
	unsigned parts = decide_mend(message);

	(void)batch;
	if (parts > 0)
		log_message(LOG_INFO, message_id(message),
		    "%s: the Content headers of %u part%s are written anew, for mail programs "
		    "would differ on them",
		    message_id(message), parts, parts == 1 ? "" : "s");
}

static void
convert(struct batch *batch, struct message *message)
{
	g_autoptr(GError) error = NULL;

	if (!decide_convert(message, batch->context->reader, &error))
		stay(message, "conversion", error);
}

static void
clean(struct batch *batch, struct message *message)
{
	g_autoptr(GError) error = NULL;

	(void)batch;
	if (!decide_modified(message, &error))
		stay(message, "quarantine", error);
	else
		decide_clean(message);
}

static void
pack(struct batch *batch, struct message *message)
{
	g_autoptr(GError) error = NULL;

	if (!decide_pack(message, batch->context->reader, &error))
		stay(message, "packing", error);
}

static void
sign(struct batch *batch, struct message *message)
{
	(void)batch;
	decide_sign(message);
}

static void
copy_failed(struct message *message, const GError *error)
{
	message_leave(message, "copies", error->message);
}

static void
settle_copies(struct batch *batch)
{
	copies_settle(batch->messages, copy_failed);
}

static void
look_at_structure(struct batch *batch, struct message *message)
{
	(void)batch;
	check_structure(message);
	check_archives(message);
}

static void
check_files(struct batch *batch, struct message *message)
{
	batch->file_problems += check_boundary(message);
	batch->file_problems += check_filenames(message);
	batch->file_problems += check_filetypes(message);
}

static void
log_file_problems(struct batch *batch)
{
	lines_other_checks(batch->file_problems);
}

static void
log_scanning(struct batch *batch)
{
	for (unsigned i = 0; i < batch->messages->len; i++) {
		if (message_is_open(batch_message(batch, i))) {
			lines_content_scanning();
			return;
		}
	}
}

static unsigned
infections(const struct message *message)
{
	unsigned count = 0;

	for (unsigned i = 0; i < message->findings->len; i++) {
		const struct finding *finding = g_ptr_array_index(message->findings, i);

		count += finding_letter(finding->kind) != ' ';
	}
	return count;
}

static void
check_content(struct batch *batch, struct message *message)
{
	batch->content_problems += check_fragments(message);
	batch->content_problems += check_sizes(message);
	batch->content_problems += check_encryption(message);

	unsigned before = infections(message);
	check_html(message);
	check_phishing(message);
	batch->content_problems += infections(message) - before;
}

static void
log_content_problems(struct batch *batch)
{
	lines_content_checks(batch->content_problems);
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
	{ .name = "reading messages", .judges = true, .whole = examine_batch },
	{ .name = "looking at structure and archives", .judges = true, .each = look_at_structure },
	{ .name = "checking names and types of files", .judges = true, .each = check_files },
	{ .name = "checking names and types of files", .judges = true, .whole = log_file_problems },
	{ .name = "virus scanning", .whole = log_scanning },
	/* Virus scanners stand here. */
	{ .name = "checking content", .judges = true, .each = check_content },
	{ .name = "checking content", .judges = true, .whole = log_content_problems },
	{ .name = "quarantining infections", .each = quarantine },
	{ .name = "processing silent viruses", .each = silence },
	{ .name = "mending headers", .each = mend },
	{ .name = "disarming and stripping HTML", .each = convert },
	{ .name = "cleaning messages", .each = clean },
	{ .name = "compressing attachments", .each = pack },
	{ .name = "signing messages", .each = sign },
	{ .name = "planning headers", .each = plan_headers },
	{ .name = "delivering", .each = deliver },
	{ .name = "settling copies", .whole = settle_copies },
	{ .name = "preparing warnings", .whole = tell_prepare },
	{ .name = "handing over", .whole = handover },
	{ .name = "handing over", .whole = tell_note },
	{ .name = "looking up last", .whole = look_up_last },
	{ .name = "looking up after the batch", .whole = look_up_after_batch },
};

/* What each stage has taken in this process, for `Log Stage Times`. */
static struct {
	gint64 microseconds;
	unsigned calls;
} times[G_N_ELEMENTS(stages)];

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
		gint64 started = g_get_monotonic_time();

		board_note(batch->context->board, stages[i].name, BOARD_BATCH);
		if (stages[i].each != NULL)
			run_each(batch, &stages[i]);
		else
			stages[i].whole(batch);
		times[i].microseconds += g_get_monotonic_time() - started;
		times[i].calls += batch->messages->len;
	}
}

void
pipeline_log_times(void)
{
	if (!log_stage_times_for(NULL))
		return;
	for (size_t i = 0; i < G_N_ELEMENTS(stages); i++) {
		if (times[i].calls > 0)
			log_line(LOG_INFO,
			    "Stage %zu, %s: %.1f microseconds a message, %u messages", i + 1,
			    stages[i].name, (double)times[i].microseconds / times[i].calls,
			    times[i].calls);
	}
}

void
pipeline_judge(struct reader *reader, struct message *message)
{
	struct board board = { .stage = "checking", .item = BOARD_NOTHING };
	const struct context context = { .board = &board, .reader = reader };
	struct batch batch = { .context = &context };

	const unsigned item = 0;

	batch.messages = g_ptr_array_new();
	g_ptr_array_add(batch.messages, message);
	batch.items = g_array_new(FALSE, FALSE, sizeof(unsigned));
	g_array_append_val(batch.items, item);
	for (size_t i = 0; i < G_N_ELEMENTS(stages); i++) {
		if (!stages[i].judges)
			continue;
		if (stages[i].whole != NULL)
			stages[i].whole(&batch);
		else if (message_is_open(message))
			stages[i].each(&batch, message);
	}
	g_ptr_array_unref(batch.messages);
	g_array_unref(batch.items);
}
