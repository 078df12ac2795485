/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The order is all: stored before the decision is final, sent when it is. In between a crash leaves a file that the next
 * supervisor finds (core/act/outbox.h).
 */
#include "core/engine/tell.h"

#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/act/notice.h"
#include "core/act/outbox.h"
#include "core/act/warning.h"
#include "core/log/lines.h"
#include "core/log/log.h"
#include "spool/error.h"

struct telling {
	struct outbox *outbox;
	GHashTable *decided; /* "directory\nid" of messages that people may be told of */
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

/* True when there is something to tell of it. */
static bool
collect(struct outbox *outbox, const struct message *message)
{
	json_t *blocks = notice_blocks(message);
	json_t *warning = warning_mail(message);
	bool any = json_array_size(blocks) > 0 || warning != NULL;

	for (size_t i = 0; i < json_array_size(blocks); i++)
		outbox_add(outbox, json_incref(json_array_get(blocks, i)));
	outbox_add(outbox, warning);
	json_decref(blocks);
	return any;
}

void
tell_prepare(struct batch *batch)
{
	g_autoptr(GPtrArray) concerned = g_ptr_array_new();
	g_autoptr(GError) error = NULL;

	for (unsigned i = 0; i < batch->messages->len; i++) {
		struct message *message = batch_message(batch, i);

		if (is_decided(message) && collect(batch->telling->outbox, message))
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

void
tell_note(struct batch *batch)
{
	for (unsigned i = 0; i < batch->messages->len; i++) {
		const struct message *message = batch_message(batch, i);
		const struct report_item *item =
		    g_ptr_array_index(batch->report->items, batch_item(batch, i));

		if (item->result == RESULT_DONE || item->result == RESULT_GIVEN_UP)
			g_hash_table_add(batch->telling->decided,
			    key_of(message->entry->place->path, message_id(message)));
	}
}

static bool
was_decided(const char *directory, const char *id, void *data)
{
	const struct telling *telling = data;
	g_autofree char *key = key_of(directory, id);

	return g_hash_table_contains(telling->decided, key);
}

static void
send(struct telling *telling, int state)
{
	struct outbox_counts counts;

	outbox_send(telling->outbox, state, was_decided, telling, &counts);
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

void
tell_send(struct telling *telling, int state)
{
	reap(WNOHANG);
	if (outbox_is_stored(telling->outbox)) {
		pid_t pid = fork();

		if (pid == 0) {
			send(telling, state);
			_exit(0);
		}
		if (pid < 0)
			send(telling, state);
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

/* Does the incoming queue still hold it? In doubt it does: then it will be worked again. */
static bool
has_left(const char *directory, const char *id, void *data)
{
	const struct spool_format *format = data;
	g_autoptr(GError) error = NULL;
	struct spool_place *place = spool_place_open(directory, &error);
	struct spool_entry *entry = place != NULL ? format->claim(place, id, &error) : NULL;

	if (place != NULL)
		spool_place_unref(place);
	if (entry == NULL)
		return g_error_matches(error, SPOOL_ERROR, SPOOL_ERROR_GONE);
	spool_entry_free(entry);
	return false;
}

void
tell_recover(const struct spool_format *format, int state, bool wait)
{
	pid_t pid = wait ? -1 : fork();

	if (pid > 0) {
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
		return;
	}
	/* The grandchild is nobody's to wait for. */
	if (pid == 0 && fork() != 0)
		_exit(0);
	unsigned sent = outbox_recover(state, has_left, (void *)format);
	if (sent > 0)
		log_line(LOG_NOTICE, "%u mails about messages of an earlier process have been sent",
		    sent);
	if (pid == 0)
		_exit(0);
}
