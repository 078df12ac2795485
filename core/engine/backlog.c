/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two balanced trees (GSequence), one in the order of work, one in the order of due times, and a hash of all names: finding,
 * adding and taking cost the same whether ten messages wait or a million. The id stands in the item itself, which keeps
 * a message at about 200 bytes.
 */
#include "core/engine/backlog.h"

#include <string.h>

#define LONG_BATCHES 40 /* batches without sorting, once the queue was long */

struct backlog {
	GHashTable *items; /* struct item, by directory and id */
	GSequence *waiting;
	GSequence *delayed;
	unsigned count[ITEM_GIVEN_UP + 1];
	unsigned limit;
	unsigned long_batches; /* still to come without sorting */
	unsigned scan;
};

static guint
item_hash(gconstpointer data)
{
	const struct item *item = data;

	return g_str_hash(item->id) ^ g_direct_hash(item->directory);
}

static gboolean
item_equal(gconstpointer a, gconstpointer b)
{
	const struct item *left = a, *right = b;

	return left->directory == right->directory && strcmp(left->id, right->id) == 0;
}

/* Those to be tried alone come first: they have waited for a batch already. */
static int
compare_age(gconstpointer a, gconstpointer b, gpointer data)
{
	const struct item *left = a, *right = b;

	(void)data;
	if (left->alone != right->alone)
		return left->alone ? -1 : 1;
	if (left->received != right->received)
		return left->received < right->received ? -1 : 1;
	return strcmp(left->id, right->id);
}

static int
compare_due(gconstpointer a, gconstpointer b, gpointer data)
{
	const struct item *left = a, *right = b;

	(void)data;
	return left->due < right->due ? -1 : left->due > right->due;
}

struct backlog *
backlog_new(unsigned limit)
{
	struct backlog *backlog = g_new0(struct backlog, 1);

	backlog->items = g_hash_table_new_full(item_hash, item_equal, g_free, NULL);
	backlog->waiting = g_sequence_new(NULL);
	backlog->delayed = g_sequence_new(NULL);
	backlog->limit = limit;
	return backlog;
}

void
backlog_free(struct backlog *backlog)
{
	if (backlog == NULL)
		return;
	g_sequence_free(backlog->waiting);
	g_sequence_free(backlog->delayed);
	g_hash_table_unref(backlog->items);
	g_free(backlog);
}

void
backlog_set_limit(struct backlog *backlog, unsigned limit)
{
	backlog->limit = limit;
}

bool
backlog_is_long(const struct backlog *backlog)
{
	return backlog->long_batches > 0;
}

static void
leave_state(struct backlog *backlog, struct item *item)
{
	if (item->place != NULL)
		g_sequence_remove(item->place);
	item->place = NULL;
	backlog->count[item->state]--;
}

static void
enter_state(struct backlog *backlog, struct item *item, enum item_state state, bool returned)
{
	item->state = state;
	backlog->count[state]++;
	if (state == ITEM_DELAYED)
		item->place = g_sequence_insert_sorted(backlog->delayed, item, compare_due, NULL);
	if (state != ITEM_WAITING)
		return;
	if (backlog->limit > 0 && backlog->count[ITEM_WAITING] >= backlog->limit)
		backlog->long_batches = LONG_BATCHES;
	/* In a long queue what comes back keeps its turn, which the order of arrival can't tell. */
	if (item->alone || (returned && backlog_is_long(backlog)))
		item->place = g_sequence_prepend(backlog->waiting, item);
	else if (backlog_is_long(backlog))
		item->place = g_sequence_append(backlog->waiting, item);
	else
		item->place = g_sequence_insert_sorted(backlog->waiting, item, compare_age, NULL);
}

static void
change_state(struct backlog *backlog, struct item *item, enum item_state state)
{
	bool returned = item->state == ITEM_WORKING;

	leave_state(backlog, item);
	enter_state(backlog, item, state, returned);
}

struct item *
backlog_find(struct backlog *backlog, const char *directory, const char *id)
{
	size_t length = strlen(id) + 1;
	g_autofree struct item *key = g_malloc0(sizeof *key + length);

	key->directory = g_intern_string(directory);
	memcpy(key->id, id, length);
	return g_hash_table_lookup(backlog->items, key);
}

struct item *
backlog_ensure(struct backlog *backlog, const char *directory, const char *id, gint64 received)
{
	struct item *item = backlog_find(backlog, directory, id);

	if (item == NULL) {
		size_t length = strlen(id) + 1;

		item = g_malloc0(sizeof *item + length);
		item->directory = g_intern_string(directory);
		item->received = received;
		memcpy(item->id, id, length);
		g_hash_table_add(backlog->items, item);
		enter_state(backlog, item, ITEM_WAITING, false);
	}
	item->seen = backlog->scan;
	return item;
}

void
backlog_remove(struct backlog *backlog, struct item *item)
{
	leave_state(backlog, item);
	g_hash_table_remove(backlog->items, item);
}

void
backlog_wait(struct backlog *backlog, struct item *item)
{
	change_state(backlog, item, ITEM_WAITING);
}

void
backlog_delay(struct backlog *backlog, struct item *item, gint64 due)
{
	leave_state(backlog, item);
	item->due = due;
	enter_state(backlog, item, ITEM_DELAYED, false);
}

void
backlog_give_up(struct backlog *backlog, struct item *item)
{
	change_state(backlog, item, ITEM_GIVEN_UP);
}

void
backlog_scan_begin(struct backlog *backlog)
{
	backlog->scan++;
}

void
backlog_scan_end(
    struct backlog *backlog, void (*forgotten)(const struct item *item, void *data), void *data)
{
	GHashTableIter iter;
	gpointer key;

	g_hash_table_iter_init(&iter, backlog->items);
	while (g_hash_table_iter_next(&iter, &key, NULL)) {
		struct item *item = key;

		if (item->seen == backlog->scan || item->state == ITEM_WORKING)
			continue;
		if (forgotten != NULL)
			forgotten(item, data);
		leave_state(backlog, item);
		g_hash_table_iter_remove(&iter);
	}
}

/* Delayed messages whose time has come wait again. */
static void
wake(struct backlog *backlog, gint64 now)
{
	while (!g_sequence_is_empty(backlog->delayed)) {
		struct item *first = g_sequence_get(g_sequence_get_begin_iter(backlog->delayed));

		if (first->due > now)
			return;
		change_state(backlog, first, ITEM_WAITING);
	}
}

void
backlog_take(struct backlog *backlog, unsigned most, gint64 now, GPtrArray *taken)
{
	wake(backlog, now);
	while (taken->len < most && !g_sequence_is_empty(backlog->waiting)) {
		struct item *item = g_sequence_get(g_sequence_get_begin_iter(backlog->waiting));
		bool alone = item->alone;

		if (alone && taken->len > 0)
			break;
		change_state(backlog, item, ITEM_WORKING);
		item->closed = false;
		g_ptr_array_add(taken, item);
		if (alone)
			break;
	}
	if (taken->len == 0 || backlog->long_batches == 0)
		return;
	backlog->long_batches--;
	if (backlog->long_batches == 0)
		g_sequence_sort(backlog->waiting, compare_age, NULL);
}

unsigned
backlog_count(const struct backlog *backlog)
{
	return g_hash_table_size(backlog->items);
}

unsigned
backlog_count_state(const struct backlog *backlog, enum item_state state)
{
	return backlog->count[state];
}

gint64
backlog_next_due(struct backlog *backlog, gint64 now)
{
	wake(backlog, now);
	if (g_sequence_is_empty(backlog->delayed))
		return G_MAXINT64;
	const struct item *first = g_sequence_get(g_sequence_get_begin_iter(backlog->delayed));
	return first->due;
}
