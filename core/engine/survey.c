/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names are collected first, which is fast and locks nothing; each message is read when it is asked
 * for, so that a caller can show how far it is.
 */
#include "core/engine/survey.h"

#include <errno.h>
#include <string.h>

#include "core/engine/attempts.h"
#include "rules/config.h"
#include "rules/table.h"
#include "spool/error.h"
#include "spool/watch.h"

/* Names read from a directory at once. */
#define SURVEY_STEP 4096

struct found {
	const char *directory; /* interned */
	char *id;
	gint64 received; /* microseconds since the epoch; 0 when unknown */
};

struct survey {
	const struct spool_format *format;
	const char *wanted; /* an id; NULL: all */
	struct spool_places *places;
	GHashTable *known;		 /* of struct found, owned */
	GPtrArray *found;		 /* the same, in order */
	GHashTable *attempts, *given_up; /* "directory/id" -> struct attempt, owned */
	gint64 now;
};

static guint
found_hash(gconstpointer key)
{
	const struct found *found = key;

	return g_str_hash(found->id) ^ g_direct_hash(found->directory);
}

static gboolean
found_equal(gconstpointer one, gconstpointer other)
{
	const struct found *a = one, *b = other;

	return a->directory == b->directory && strcmp(a->id, b->id) == 0;
}

static void
found_free(void *data)
{
	struct found *found = data;

	g_free(found->id);
	g_free(found);
}

static void
add_found(const char *directory, const struct spool_name *name, void *data)
{
	struct survey *survey = data;

	if (!name->control || (survey->wanted != NULL && strcmp(survey->wanted, name->id) != 0))
		return;
	struct found *found = g_new(struct found, 1);

	*found = (struct found){ directory, g_strdup(name->id), name->received };
	if (g_hash_table_contains(survey->known, found)) {
		found_free(found);
		return;
	}
	g_hash_table_add(survey->known, found);
	g_ptr_array_add(survey->found, found);
}

static int
compare_found(gconstpointer one, gconstpointer other)
{
	const struct found *a = *(const struct found *const *)one;
	const struct found *b = *(const struct found *const *)other;

	if (a->received != b->received)
		return a->received < b->received ? -1 : 1;
	return strcmp(a->id, b->id);
}

static bool
scan(struct survey *survey, GError **error)
{
	g_autoptr(GPtrArray) queues = config_incoming_queues(config_current(), error);

	if (queues == NULL)
		return false;
	struct watch *watch =
	    watch_new(survey->format, WATCH_SCANS, queues, add_found, survey, NULL);

	watch_scan_start(watch);
	while (watch_scan_step(watch, SURVEY_STEP))
		continue;
	bool some = watch_directories(watch)->len > 0;
	watch_free(watch);
	errno = 0;
	if (!some)
		return spool_fail(error, SPOOL_ERROR_IO,
		    "no directory that Incoming Queue Dir names can be read");
	g_ptr_array_sort(survey->found, compare_found);
	return true;
}

static GHashTable *
attempts_table(struct attempts *attempts, bool archived)
{
	GHashTable *table =
	    g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)attempt_free);
	g_autoptr(GPtrArray) rows =
	    attempts != NULL ? attempts_list(attempts, archived, 0) : g_ptr_array_new();

	g_ptr_array_set_free_func(rows, NULL);
	for (unsigned i = 0; i < rows->len; i++) {
		struct attempt *row = g_ptr_array_index(rows, i);

		g_hash_table_replace(table, g_strdup_printf("%s/%s", row->directory, row->id), row);
	}
	return table;
}

struct survey *
survey_new(const char *id, GError **error)
{
	const struct spool_format *format = spool_format_named(table_word_text(mta_for(NULL)));

	if (format == NULL) {
		errno = 0;
		spool_fail(error, SPOOL_ERROR_IO, "MTA = %s: its queue format is not known",
		    table_word_text(mta_for(NULL)));
		return NULL;
	}
	/* Where nothing ever went wrong there is no such file. */
	struct attempts *attempts =
	    attempts_open_readonly(processing_attempts_database_for(NULL), NULL);
	struct survey *survey = g_new0(struct survey, 1);

	survey->format = format;
	survey->wanted = id;
	survey->places = spool_places_new();
	survey->known = g_hash_table_new_full(found_hash, found_equal, found_free, NULL);
	survey->found = g_ptr_array_new();
	survey->attempts = attempts_table(attempts, false);
	survey->given_up = attempts_table(attempts, true);
	survey->now = g_get_real_time() / G_USEC_PER_SEC;
	attempts_close(attempts);
	if (scan(survey, error))
		return survey;
	survey_free(survey);
	return NULL;
}

void
survey_free(struct survey *survey)
{
	if (survey == NULL)
		return;
	spool_places_free(survey->places);
	g_ptr_array_unref(survey->found);
	g_hash_table_unref(survey->known);
	g_hash_table_unref(survey->attempts);
	g_hash_table_unref(survey->given_up);
	g_free(survey);
}

unsigned
survey_count(const struct survey *survey)
{
	return survey->found->len;
}

static const struct attempt *
attempt_of(GHashTable *table, const struct surveyed *message)
{
	g_autofree char *whole = g_strdup_printf("%s/%s", message->directory, message->id);
	g_autofree char *short_key = g_strdup_printf("/%s", message->id);
	const struct attempt *row = g_hash_table_lookup(table, whole);

	return row != NULL ? row : g_hash_table_lookup(table, short_key);
}

static void
take_envelope(struct surveyed *message, const struct spool_entry *entry)
{
	const struct envelope *envelope = entry->envelope;

	message->read = true;
	message->frozen = envelope->frozen;
	message->sender = g_strdup(envelope->sender);
	message->received = envelope->received != 0 ? envelope->received : message->received;
	for (unsigned i = 0; i < envelope->recipients->len; i++) {
		const struct recipient *recipient = g_ptr_array_index(envelope->recipients, i);

		g_ptr_array_add(message->recipients, g_strdup(recipient->address));
	}
}

/* What keeps a message that could be claimed and read. */
static enum survey_state
state_of(const struct survey *survey, struct surveyed *message)
{
	const struct attempt *again = attempt_of(survey->attempts, message);
	const struct attempt *given_up = attempt_of(survey->given_up, message);
	const struct attempt *row = again != NULL ? again : given_up;

	message->attempts = row != NULL ? row->count : 0;
	if (message->frozen && !scan_frozen_messages_for(NULL))
		return SURVEY_FROZEN;
	if (again == NULL)
		return given_up != NULL ? SURVEY_GIVEN_UP : SURVEY_WAITING;
	message->next = again->next;
	return again->next > survey->now ? SURVEY_LATER : SURVEY_WAITING;
}

static enum survey_state
state_of_error(const GError *error)
{
	switch ((enum spool_error)error->code) {
	case SPOOL_ERROR_BUSY:
	case SPOOL_ERROR_GONE:
		return SURVEY_LOCKED;
	case SPOOL_ERROR_HELD:
		return SURVEY_HELD;
	case SPOOL_ERROR_CORRUPT:
		return SURVEY_BAD;
	case SPOOL_ERROR_IO:
	case SPOOL_ERROR_EXISTS:
		return SURVEY_UNREADABLE;
	}
	g_return_val_if_reached(SURVEY_UNREADABLE);
}

static struct spool_entry *
claim(struct survey *survey, const struct found *found, GError **error)
{
	struct spool_place *place = spool_places_get(survey->places, found->directory, error);

	return place != NULL ? survey->format->claim(place, found->id, error) : NULL;
}

struct surveyed *
survey_take(struct survey *survey, unsigned n, struct spool_entry **entry)
{
	const struct found *found = g_ptr_array_index(survey->found, n);
	g_autoptr(GError) error = NULL;

	*entry = claim(survey, found, &error);
	if (*entry == NULL && g_error_matches(error, SPOOL_ERROR, SPOOL_ERROR_GONE))
		return NULL;
	struct surveyed *message = g_new0(struct surveyed, 1);

	message->directory = found->directory;
	message->id = g_strdup(found->id);
	message->received = found->received / G_USEC_PER_SEC;
	message->recipients = g_ptr_array_new_with_free_func(g_free);
	bool read = *entry != NULL && survey->format->read(*entry, &error);
	message->size = *entry != NULL ? (*entry)->size : 0;
	if (*entry != NULL && (*entry)->envelope != NULL)
		take_envelope(message, *entry);
	message->state = read ? state_of(survey, message) : state_of_error(error);
	if (!read && message->state != SURVEY_LOCKED)
		message->why = g_strdup(error->message);
	return message;
}

struct surveyed *
survey_look(struct survey *survey, unsigned n)
{
	struct spool_entry *entry;
	struct surveyed *message = survey_take(survey, n, &entry);

	spool_entry_free(entry);
	return message;
}

void
surveyed_free(struct surveyed *message)
{
	if (message == NULL)
		return;
	g_free(message->id);
	g_free(message->why);
	g_free(message->sender);
	g_ptr_array_unref(message->recipients);
	g_free(message);
}

const char *
survey_state_name(enum survey_state state)
{
	static const char *const names[] = {
		[SURVEY_WAITING] = "waiting",
		[SURVEY_LOCKED] = "locked",
		[SURVEY_FROZEN] = "frozen",
		[SURVEY_HELD] = "held",
		[SURVEY_BAD] = "bad",
		[SURVEY_UNREADABLE] = "unreadable",
		[SURVEY_LATER] = "retry",
		[SURVEY_GIVEN_UP] = "given up",
	};

	return names[state];
}
