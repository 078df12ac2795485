/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The normal course touches neither disk nor database. */
#include "core/engine/ledger.h"

#include <string.h>

#include "core/engine/history.h"
#include "core/log/lines.h"
#include "core/log/log.h"
#include "rules/directives.h"
#include "spool/handoff.h"

#define MILLISECOND 1000
#define RETRY_OTHERS \
	(60 * G_USEC_PER_SEC) /* a file that is not of the format, a message held back */
#define RETRY_CRASHER_MAX (240 * G_USEC_PER_SEC)
#define LEFT_DOUBLINGS 3
#define INTERVAL_MAX 86400 /* seconds; what is doubled stays a number */

struct ledger {
	struct backlog *backlog;
	struct history *history;
	GHashTable *pending;  /* ids whose hand-off has still to be finished */
	GHashTable *finished; /* ids whose hand-off the last recovery finished */
};

static gint64
interval(void)
{
	return CLAMP(queue_scan_interval_for(NULL), 1, INTERVAL_MAX) * G_USEC_PER_SEC;
}

unsigned
ledger_most_attempts(void)
{
	return (unsigned)CLAMP(maximum_processing_attempts_for(NULL), 0, 1000000);
}

static unsigned
normal_queue_size(void)
{
	return (unsigned)CLAMP(max_normal_queue_size_for(NULL), 0, G_MAXINT);
}

struct ledger *
ledger_open(void)
{
	struct ledger *ledger = g_new0(struct ledger, 1);

	ledger->backlog = backlog_new(normal_queue_size());
	ledger->history = history_open(ledger_most_attempts() > 0);
	ledger->pending = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	ledger->finished = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	return ledger;
}

void
ledger_close(struct ledger *ledger)
{
	if (ledger == NULL)
		return;
	backlog_free(ledger->backlog);
	history_close(ledger->history);
	g_hash_table_unref(ledger->pending);
	g_hash_table_unref(ledger->finished);
	g_free(ledger);
}

void
ledger_reconfigure(struct ledger *ledger)
{
	backlog_set_limit(ledger->backlog, normal_queue_size());
}

void
ledger_note_suspect(struct ledger *ledger, const char *directory, const char *id, bool alone)
{
	history_note_suspect(ledger->history, directory, id, alone);
}

void
ledger_found(struct ledger *ledger, const char *directory, const char *id, gint64 received)
{
	if (g_hash_table_contains(ledger->pending, id))
		return;
	struct item *item = backlog_ensure(ledger->backlog, directory, id, received);
	struct past past;
	if (!history_take(ledger->history, directory, id, &past))
		return;
	item->attempts = past.attempts;
	item->alone = true;
	if (past.given_up)
		backlog_give_up(ledger->backlog, item);
	else
		backlog_delay(ledger->backlog, item, past.due);
}

void
ledger_closed(struct ledger *ledger, const char *directory, const char *id)
{
	struct item *item = backlog_find(ledger->backlog, directory, id);

	if (item == NULL)
		return;
	if (item->state == ITEM_WORKING)
		item->closed = true;
	else if (item->state == ITEM_DELAYED && item->last == RESULT_BUSY)
		backlog_wait(ledger->backlog, item);
}

void
ledger_scan_begin(struct ledger *ledger)
{
	backlog_scan_begin(ledger->backlog);
}

unsigned
ledger_recovered(struct ledger *ledger, const GPtrArray *finished, const GPtrArray *pending)
{
	/* Recovery sees all that was put aside: what it doesn't name is no longer pending. */
	g_autoptr(GHashTable) before = g_steal_pointer(&ledger->pending);

	ledger->pending = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_hash_table_remove_all(ledger->finished);
	for (unsigned i = 0; i < finished->len; i++) {
		const char *id = g_ptr_array_index(finished, i);

		g_hash_table_add(ledger->finished, g_strdup(id));
		log_message(
		    LOG_NOTICE, id, "%s: its hand-off was begun earlier and is finished now", id);
	}
	for (unsigned i = 0; i < pending->len; i++) {
		const struct handoff_trouble *entry = g_ptr_array_index(pending, i);

		g_hash_table_add(ledger->pending, g_strdup(entry->id));
		if (!g_hash_table_contains(before, entry->id))
			log_message(LOG_WARNING, entry->id,
			    "%s: hand-off can't be finished yet: %s", entry->id, entry->why);
	}
	return finished->len;
}

GPtrArray *
ledger_take(struct ledger *ledger, unsigned most, gint64 now, unsigned *waiting)
{
	g_autoptr(GPtrArray) items = g_ptr_array_new();

	backlog_take(ledger->backlog, most, now, items);
	*waiting = items->len + backlog_count_state(ledger->backlog, ITEM_WAITING);
	return items->len > 0 ? g_steal_pointer(&items) : NULL;
}

static void
forget_attempts(struct ledger *ledger, const struct item *item)
{
	if (item->attempts > 0)
		history_forget(ledger->history, item->directory, item->id);
}

/* Gone without us: delivered or removed by somebody. While its whole directory is away, nothing is known. */
static void
forgotten(const struct item *item, void *data)
{
	if (g_file_test(item->directory, G_FILE_TEST_IS_DIR))
		forget_attempts(data, item);
}

void
ledger_scan_end(struct ledger *ledger)
{
	backlog_scan_end(ledger->backlog, forgotten, ledger);
}

static void
give_up(struct ledger *ledger, struct item *item)
{
	log_message(LOG_ERR, item->id, "%s: given up after %u attempts; it stays in %s", item->id,
	    item->attempts, item->directory);
	history_give_up(ledger->history, item->directory, item->id);
	backlog_give_up(ledger->backlog, item);
}

/* 1, 2, 4 ... times `unit`, at most `most`. */
static gint64
doubling(unsigned n, gint64 unit, gint64 most)
{
	return MIN(most, unit << MIN(n, 20u));
}

static void
stays(struct ledger *ledger, struct item *item, const struct report_item *reported)
{
	gint64 now = g_get_monotonic_time();
	const char *why = reported->why != NULL ? reported->why : "no reason given";

	switch (reported->result) {
	case RESULT_BUSY:
		/* The lock that was in the way may have gone before this report came. */
		if (item->closed)
			backlog_wait(ledger->backlog, item);
		else
			backlog_delay(ledger->backlog, item,
			    now + doubling(item->tries, MILLISECOND, interval()));
		break;
	case RESULT_LEFT:
		backlog_delay(ledger->backlog, item,
		    now + doubling(MIN(item->tries, LEFT_DOUBLINGS), interval(), 10 * interval()));
		break;
	default:
		if (!item->told || item->last != reported->result)
			log_message(LOG_NOTICE, item->id, "%s: is left alone: %s", item->id, why);
		item->told = true;
		backlog_delay(ledger->backlog, item, now + RETRY_OTHERS);
		break;
	}
	item->last = reported->result;
	item->tries++;
}

static void
now_pending(struct ledger *ledger, struct item *item)
{
	g_hash_table_add(ledger->pending, g_strdup(item->id));
	forget_attempts(ledger, item);
	backlog_remove(ledger->backlog, item);
}

/* True when the message has left. */
static bool
settle_one(struct ledger *ledger, struct item *item, const struct report_item *reported)
{
	switch (reported->result) {
	case RESULT_DONE:
	case RESULT_GONE:
		forget_attempts(ledger, item);
		backlog_remove(ledger->backlog, item);
		return reported->result == RESULT_DONE;
	case RESULT_NOT_TAKEN:
		backlog_wait(ledger->backlog, item);
		break;
	case RESULT_GIVEN_UP:
		give_up(ledger, item);
		break;
	case RESULT_PENDING:
		now_pending(ledger, item);
		break;
	case RESULT_BUSY:
	case RESULT_BAD:
	case RESULT_HELD:
	case RESULT_LEFT:
		stays(ledger, item, reported);
		break;
	}
	return false;
}

static void
log_invalid(const GPtrArray *job, const struct report *report)
{
	g_autoptr(GString) ids = g_string_new(NULL);

	for (unsigned i = 0; i < job->len && i < report->items->len; i++) {
		const struct item *item = g_ptr_array_index(job, i);
		const struct report_item *reported = g_ptr_array_index(report->items, i);

		if (reported->result == RESULT_BAD && !item->told)
			g_string_append_printf(ids, "%s ", item->id);
	}
	if (ids->len > 0)
		lines_invalid_queue_files(ids->str);
}

unsigned
ledger_settle(struct ledger *ledger, const GPtrArray *job, const struct report *report)
{
	unsigned done = 0;

	log_invalid(job, report);
	/* From the last to the first: what goes back to the head of the backlog keeps its order. */
	for (unsigned i = job->len; i-- > 0;) {
		struct report_item none = { .result = RESULT_NOT_TAKEN };
		const struct report_item *reported =
		    i < report->items->len ? g_ptr_array_index(report->items, i) : &none;

		done += settle_one(ledger, g_ptr_array_index(job, i), reported);
	}
	return done;
}

void
ledger_return(struct ledger *ledger, const GPtrArray *job)
{
	for (unsigned i = job->len; i-- > 0;)
		backlog_wait(ledger->backlog, g_ptr_array_index(job, i));
}

/* One more attempt that ended a worker. */
static void
blame(struct ledger *ledger, struct item *item)
{
	gint64 delay = doubling(item->attempts, interval(), RETRY_CRASHER_MAX);
	unsigned most = ledger_most_attempts();

	item->attempts =
	    history_count(ledger->history, item->directory, item->id, item->attempts, delay);
	log_message(LOG_WARNING, item->id,
	    "%s: a worker ended over it (attempt %u); it is tried again alone in %" G_GINT64_FORMAT
	    " seconds",
	    item->id, item->attempts, delay / G_USEC_PER_SEC);
	/* Storing it away was tried already and ended the worker too. */
	if (most > 0 && item->attempts > most + 1)
		give_up(ledger, item);
	else
		backlog_delay(ledger->backlog, item, g_get_monotonic_time() + delay);
}

void
ledger_suspect(struct ledger *ledger, const GPtrArray *job, int at)
{
	for (unsigned i = job->len; i-- > 0;) {
		struct item *item = g_ptr_array_index(job, i);

		/* What became of it was decided before the worker ended. */
		if (g_hash_table_contains(ledger->pending, item->id) ||
		    g_hash_table_contains(ledger->finished, item->id)) {
			forget_attempts(ledger, item);
			backlog_remove(ledger->backlog, item);
			continue;
		}
		item->alone = true;
		if (job->len == 1 || (int)i == at)
			blame(ledger, item);
		else
			backlog_wait(ledger->backlog, item);
	}
}

unsigned
ledger_count(const struct ledger *ledger)
{
	return backlog_count(ledger->backlog);
}

unsigned
ledger_pending(const struct ledger *ledger)
{
	return g_hash_table_size(ledger->pending);
}

bool
ledger_is_long(const struct ledger *ledger)
{
	return backlog_is_long(ledger->backlog);
}

gint64
ledger_next_due(struct ledger *ledger, gint64 now)
{
	gint64 due = backlog_next_due(ledger->backlog, now);

	return backlog_count_state(ledger->backlog, ITEM_WAITING) > 0 ? now : due;
}
