/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/engine/history.h"

#include "core/engine/attempts.h"
#include "core/log/lines.h"
#include "core/log/log.h"
#include "rules/directives.h"

struct entry {
	struct past past;
	bool was_alone; /* nothing else was in work when the supervisor ended */
};

struct history {
	struct attempts *attempts; /* NULL: not to be had */
	GHashTable *entries;	   /* "directory/id" -> struct entry: until the message is found */
};

static char *
key_of(const char *directory, const char *id)
{
	return g_strconcat(directory, "/", id, NULL);
}

static gint64
wall_clock(void)
{
	return g_get_real_time() / G_USEC_PER_SEC;
}

static void
load(struct history *history, bool archived)
{
	g_autoptr(GPtrArray) rows = attempts_list(history->attempts, archived, 0);
	gint64 wall = wall_clock();

	for (unsigned i = 0; i < rows->len; i++) {
		const struct attempt *row = g_ptr_array_index(rows, i);
		struct entry *entry = g_new0(struct entry, 1);

		entry->past.attempts = row->count;
		entry->past.given_up = archived;
		entry->past.due =
		    g_get_monotonic_time() + MAX(0, row->next - wall) * G_USEC_PER_SEC;
		g_hash_table_insert(history->entries, key_of(row->directory, row->id), entry);
	}
	if (!archived)
		lines_attempts_found(rows->len);
}

static void
open_database(struct history *history)
{
	g_autoptr(GError) error = NULL;

	history->attempts = attempts_open(processing_attempts_database_for(NULL), &error);
	if (history->attempts == NULL) {
		log_line(LOG_ERR, "%s; attempts are counted in memory only", error->message);
		return;
	}
	lines_attempts_connected();
	load(history, true);
	load(history, false);
}

struct history *
history_open(bool counts)
{
	struct history *history = g_new0(struct history, 1);

	history->entries = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	if (counts)
		open_database(history);
	return history;
}

void
history_close(struct history *history)
{
	attempts_close(history->attempts);
	g_hash_table_unref(history->entries);
	g_free(history);
}

void
history_note_suspect(struct history *history, const char *directory, const char *id, bool alone)
{
	g_autofree char *key = key_of(directory, id);
	struct entry *entry = g_hash_table_lookup(history->entries, key);

	if (entry == NULL) {
		entry = g_new0(struct entry, 1);
		g_hash_table_insert(history->entries, g_steal_pointer(&key), entry);
	}
	entry->was_alone = alone;
}

static unsigned
count_attempt(
    struct history *history, const char *directory, const char *id, unsigned without, gint64 next)
{
	g_autoptr(GError) error = NULL;

	if (history->attempts == NULL)
		return without;
	unsigned count = attempts_count(history->attempts, directory, id, next, &error);
	if (count > 0)
		return count;
	log_line(LOG_ERR, "%s", error->message);
	return without;
}

bool
history_take(struct history *history, const char *directory, const char *id, struct past *past)
{
	if (g_hash_table_size(history->entries) == 0)
		return false;
	g_autofree char *key = key_of(directory, id);
	const struct entry *entry = g_hash_table_lookup(history->entries, key);
	if (entry == NULL)
		return false;
	*past = entry->past;
	if (entry->was_alone && !past->given_up) {
		past->attempts =
		    count_attempt(history, directory, id, past->attempts, wall_clock());
		past->due = 0;
	}
	g_hash_table_remove(history->entries, key);
	return true;
}

unsigned
history_count(
    struct history *history, const char *directory, const char *id, unsigned before, gint64 delay)
{
	return count_attempt(
	    history, directory, id, before + 1, (g_get_real_time() + delay) / G_USEC_PER_SEC);
}

void
history_forget(struct history *history, const char *directory, const char *id)
{
	g_autoptr(GError) error = NULL;

	if (history->attempts != NULL && !attempts_forget(history->attempts, directory, id, &error))
		log_line(LOG_ERR, "%s", error->message);
}

void
history_give_up(struct history *history, const char *directory, const char *id)
{
	g_autoptr(GError) error = NULL;

	if (history->attempts != NULL &&
	    !attempts_give_up(history->attempts, directory, id, wall_clock(), &error))
		log_line(LOG_ERR, "%s", error->message);
}
