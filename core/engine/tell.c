/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The order is all: stored before the decision is final, sent when it is. In between a crash leaves a file that the next
 * supervisor finds (core/act/outbox.h).
 */
#include "core/engine/tell.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/act/notice.h"
#include "core/act/outbox.h"
#include "core/act/reject.h"
#include "core/act/warning.h"
#include "core/log/lines.h"
#include "core/log/log.h"
#include "spool/error.h"
#include "spool/handoff.h"

struct telling {
	struct outbox *outbox;
	GHashTable *
	    decided; /* "directory\nid" of messages that people may be told of -> enum outbox_fate */
};

struct telling *
telling_new(void)
{
	struct telling *telling = g_new0(struct telling, 1);

	telling->outbox = outbox_new();
	telling->decided = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	return telling;
}

void
telling_free(struct telling *telling)
{
	if (telling == NULL)
		return;
	outbox_free(telling->outbox);
	g_hash_table_unref(telling->decided);
	g_free(telling);
}

static bool
is_decided(const struct message *message)
{
	switch (message->fate.kind) {
	case FATE_PASS:
	case FATE_DELIVER:
	case FATE_DROP:
	case FATE_HOLD:
		return true;
	case FATE_OPEN:
	case FATE_LEAVE:
		break;
	}
	return false;
}

/* True when there is something to tell of it. `warned`: its sender was told already, because of another part of its recipients. */
static bool
collect(struct outbox *outbox, const struct message *message, bool *warned)
{
	json_t *blocks = notice_blocks(message);
	json_t *warning = *warned ? NULL : warning_mail(message);
	json_t *rejection = reject_mail(message);
	bool any = json_array_size(blocks) > 0 || warning != NULL || rejection != NULL;

	for (size_t i = 0; i < json_array_size(blocks); i++)
		outbox_add(outbox, json_incref(json_array_get(blocks, i)));
	*warned |= warning != NULL;
	outbox_add(outbox, warning);
	outbox_add(outbox, rejection);
	json_decref(blocks);
	return any;
}

void
tell_prepare(struct batch *batch)
{
	g_autoptr(GPtrArray) concerned = g_ptr_array_new();
	g_autoptr(GError) error = NULL;
	bool warned = false;

	for (unsigned i = 0; i < batch->messages->len; i++) {
		struct message *message = batch_message(batch, i);

		warned = warned && message->shares != NULL;
		if (is_decided(message) && collect(batch->telling->outbox, message, &warned))
			g_ptr_array_add(concerned, message);
	}
	if (outbox_store(batch->telling->outbox, batch->context->state, &error))
		return;
	log_line(LOG_ERR, "notices can't be stored: %s", error->message);
	for (unsigned i = 0; i < concerned->len; i++)
		message_leave(g_ptr_array_index(concerned, i), "telling people", error->message);
}

static char *
key_of(const char *directory, const char *id)
{
	return g_strdup_printf("%s\n%s", directory, id);
}

/* OUTBOX_FORGET, which is 0, for all that stays. */
static enum outbox_fate
fate_of(enum result result)
{
	if (result == RESULT_DONE || result == RESULT_GIVEN_UP)
		return OUTBOX_SEND;
	return result == RESULT_PENDING ? OUTBOX_KEEP : OUTBOX_FORGET;
}

void
tell_note(struct batch *batch)
{
	for (unsigned i = 0; i < batch->messages->len; i++) {
		const struct message *message = batch_message(batch, i);
		const struct report_item *item =
		    g_ptr_array_index(batch->report->items, batch_item(batch, i));

		g_hash_table_insert(batch->telling->decided,
		    key_of(message->entry->place->path, message_id(message)),
		    GUINT_TO_POINTER(fate_of(item->result)));
	}
}

static enum outbox_fate
judge_worked(const char *directory, const char *id, void *data)
{
	const struct telling *telling = data;
	g_autofree char *key = key_of(directory, id);

	return GPOINTER_TO_UINT(g_hash_table_lookup(telling->decided, key));
}

static void
send(struct telling *telling, int state)
{
	struct outbox_counts counts;

	outbox_send(telling->outbox, state, judge_worked, telling, &counts);
	if (counts.warnings > 0)
		lines_sender_warnings(counts.warnings);
	if (counts.notices > 0)
		lines_notices(counts.notices);
}

/* Processes that send; a worker has few. */
static GArray *senders;

static void
reap(int options)
{
	for (unsigned i = 0; senders != NULL && i < senders->len;) {
		pid_t pid = g_array_index(senders, pid_t, i);
		pid_t ended;

		while ((ended = waitpid(pid, NULL, options)) < 0 && errno == EINTR)
			;
		if (ended == 0)
			i++;
		else
			g_array_remove_index_fast(senders, i);
	}
}

/*
 * A lock belongs to the open file, so the child would hold the worker's journal as long as it lives, and what a worker that dies
 * has decided could not be recovered. The worker goes on, and decides, only when the child has let go.
 */
static pid_t
start_sender(struct telling *telling, const struct context *context)
{
	int gate[2];

	if (pipe2(gate, O_CLOEXEC) != 0)
		return -1;
	pid_t pid = fork();

	if (pid == 0) {
		journal_close(context->journal);
		close(gate[0]);
		close(gate[1]);
		send(telling, context->state);
		_exit(0);
	}
	close(gate[1]);
	if (pid > 0) {
		char nothing;

		TEMP_FAILURE_RETRY(read(gate[0], &nothing, 1));
	}
	close(gate[0]);
	return pid;
}

void
tell_send(struct telling *telling, const struct context *context)
{
	reap(WNOHANG);
	if (outbox_is_stored(telling->outbox)) {
		pid_t pid = start_sender(telling, context);

		if (pid < 0)
			send(telling, context->state);
		if (senders == NULL)
			senders = g_array_new(FALSE, FALSE, sizeof(pid_t));
		if (pid > 0)
			g_array_append_val(senders, pid);
	}
	telling_free(telling);
}

void
tell_wait(void)
{
	reap(0);
}

struct queues {
	const struct spool_format *format;
	const GPtrArray *pending;
};

static bool
is_pending(const GPtrArray *pending, const char *id)
{
	for (unsigned i = 0; i < pending->len; i++) {
		const struct handoff_trouble *trouble = g_ptr_array_index(pending, i);

		if (strcmp(trouble->id, id) == 0)
			return true;
	}
	return false;
}

/* Does the incoming queue still hold it? In doubt it does, and will be worked again: then the log tells of the mail. */
static enum outbox_fate
judge_left(const char *directory, const char *id, void *data)
{
	const struct queues *queues = data;
	g_autoptr(GError) error = NULL;

	if (is_pending(queues->pending, id))
		return OUTBOX_KEEP;
	struct spool_place *place = spool_place_open(directory, &error);
	struct spool_entry *entry = place != NULL ? queues->format->claim(place, id, &error) : NULL;

	if (place != NULL)
		spool_place_unref(place);
	if (entry != NULL)
		spool_entry_free(entry);
	else if (g_error_matches(error, SPOOL_ERROR, SPOOL_ERROR_GONE))
		return OUTBOX_SEND;
	else
		log_message(LOG_WARNING, id,
		    "%s: mail about it that an earlier process made can't be sent, unless it is "
		    "worked again: %s",
		    id, error->message);
	return OUTBOX_FORGET;
}

void
tell_recover(const struct spool_format *format, int state, const GPtrArray *pending, bool wait)
{
	struct queues queues = { format, pending };
	g_autoptr(GPtrArray) taken = outbox_take(state, judge_left, &queues);

	if (taken->len == 0)
		return;
	pid_t pid = wait ? -1 : fork();

	if (pid > 0) {
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
		return;
	}
	/* The grandchild is nobody's to wait for. */
	if (pid == 0 && fork() != 0)
		_exit(0);
	unsigned sent = outbox_send_taken(taken, state);
	if (sent > 0)
		log_line(LOG_NOTICE, "%u mails about messages of an earlier process have been sent",
		    sent);
	if (pid == 0)
		_exit(0);
}
