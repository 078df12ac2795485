/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Workers never write the index: it costs a message nothing, and what is missing in it is read when somebody looks. An index that
 * can't be used is thrown away and made again.
 */
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>
#include <sqlite3.h>

#include "core/act/kept.h"
#include "core/act/kept_remove.h"
#include "core/act/kept_tree.h"

struct kept_index {
	sqlite3 *database;
	char *root;
};

static bool
fail(struct kept_index *index, GError **error)
{
	g_set_error(error, KEPT_ERROR, KEPT_ERROR_SYSTEM, "quarantine.db: %s",
	    sqlite3_errmsg(index->database));
	return false;
}

static bool
execute(struct kept_index *index, const char *sql, GError **error)
{
	return sqlite3_exec(index->database, sql, NULL, NULL, NULL) == SQLITE_OK ||
	       fail(index, error);
}

static const char schema[] =
    "CREATE TABLE IF NOT EXISTS kept (path TEXT PRIMARY KEY, changed INT, seen INT, day TEXT, id "
    "TEXT,"
    " kind TEXT, stored INT, sender TEXT, recipients TEXT, subject TEXT, findings TEXT, whole INT,"
    " bytes INT) WITHOUT ROWID;"
    "CREATE INDEX IF NOT EXISTS kept_id ON kept (id);"
    "CREATE INDEX IF NOT EXISTS kept_day ON kept (day);";

static void
bind(sqlite3_stmt *statement, int n, const char *text)
{
	sqlite3_bind_text(statement, n, text, -1, SQLITE_TRANSIENT);
}

/* What has changed a moment ago may change again without a later time: it is read once more next time. */
static int64_t
settled_time(const struct kept_place *place)
{
	return place->changed < (g_get_real_time() - G_USEC_PER_SEC) * 1000 ? place->changed : 0;
}

static bool
insert(struct kept_index *index, const struct kept_place *place, GError **error)
{
	sqlite3_stmt *statement = NULL;
	int64_t changed = settled_time(place);
	struct kept *kept = kept_read(place);

	if (sqlite3_prepare_v2(index->database,
		"INSERT OR REPLACE INTO kept VALUES (?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", -1,
		&statement, NULL) == SQLITE_OK) {
		bind(statement, 1, kept->path);
		sqlite3_bind_int64(statement, 2, changed);
		bind(statement, 3, kept->day);
		bind(statement, 4, kept->id);
		bind(statement, 5, kept->kind);
		sqlite3_bind_int64(statement, 6, kept->stored);
		bind(statement, 7, kept->sender);
		bind(statement, 8, kept->recipients);
		bind(statement, 9, kept->subject);
		bind(statement, 10, kept->findings);
		sqlite3_bind_int(statement, 11, kept->whole);
		sqlite3_bind_int64(statement, 12, (sqlite3_int64)kept->bytes);
	}
	bool done = sqlite3_step(statement) == SQLITE_DONE || fail(index, error);
	sqlite3_finalize(statement);
	kept_free(kept);
	return done;
}

/* Marks a row that is as it should be; false when there is none such. */
static bool
is_known(struct kept_index *index, const struct kept_place *place)
{
	sqlite3_stmt *statement = NULL;

	if (sqlite3_prepare_v2(index->database,
		"UPDATE kept SET seen = 1 WHERE path = ? AND changed = ?", -1, &statement,
		NULL) != SQLITE_OK)
		return false;
	bind(statement, 1, place->path);
	sqlite3_bind_int64(statement, 2, place->changed);
	bool done = sqlite3_step(statement) == SQLITE_DONE;
	sqlite3_finalize(statement);
	return done && sqlite3_changes(index->database) > 0;
}

static bool
bring_up_to_date(struct kept_index *index, const GPtrArray *places,
    void (*progress)(unsigned, unsigned, void *), void *data, GError **error)
{
	bool done = execute(index, "BEGIN IMMEDIATE; UPDATE kept SET seen = 0", error);

	for (unsigned i = 0; done && i < places->len; i++) {
		const struct kept_place *place = g_ptr_array_index(places, i);

		done = is_known(index, place) || insert(index, place, error);
		if (progress != NULL)
			progress(i + 1, places->len, data);
	}
	return done && execute(index, "DELETE FROM kept WHERE seen = 0; COMMIT", error);
}

/* One that root makes, for a person, is its colleagues' too. */
static void
give_to_owner(const char *state, const char *path)
{
	struct stat st;

	if (geteuid() == 0 && stat(state, &st) == 0 && st.st_uid != 0)
		(void)!lchown(path, st.st_uid, st.st_gid);
}

static bool
open_database(struct kept_index *index, const char *state, const char *path, GError **error)
{
	if (sqlite3_open_v2(path, &index->database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
		NULL) != SQLITE_OK)
		return fail(index, error);
	sqlite3_busy_timeout(index->database, 10000);
	if (!execute(index, schema, error))
		return false;
	give_to_owner(state, path);
	return true;
}

/* Is what has failed the fault of what stands in the file? */
static bool
is_useless(struct kept_index *index)
{
	switch (sqlite3_errcode(index->database)) {
	case SQLITE_ERROR: /* a table of other columns */
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_SCHEMA:
	case SQLITE_MISMATCH:
	case SQLITE_CONSTRAINT:
		return true;
	default:
		return false;
	}
}

static void
throw_away(struct kept_index *index, const char *path)
{
	g_autofree char *journal = g_strconcat(path, "-journal", NULL);

	sqlite3_close(index->database);
	index->database = NULL;
	g_unlink(path);
	g_unlink(journal);
}

struct kept_index *
kept_open(const char *root, const char *state,
    void (*progress)(unsigned done, unsigned all, void *data), void *data, GError **error)
{
	struct kept_index *index = g_new0(struct kept_index, 1);
	g_autofree char *path = g_build_filename(state, "quarantine.db", NULL);
	g_autoptr(GPtrArray) places = NULL;
	GError *why = NULL;

	index->root = g_canonicalize_filename(root, NULL);
	places = kept_places(index->root, error);
	bool done = places != NULL && open_database(index, state, path, &why) &&
		    bring_up_to_date(index, places, progress, data, &why);
	if (why != NULL && is_useless(index)) {
		/* The tree has all that was in it. */
		throw_away(index, path);
		g_clear_error(&why);
		done = open_database(index, state, path, &why) &&
		       bring_up_to_date(index, places, progress, data, &why);
	}
	if (done)
		return index;
	if (why != NULL)
		g_propagate_error(error, why);
	kept_close(index);
	return NULL;
}

void
kept_close(struct kept_index *index)
{
	sqlite3_close(index->database);
	g_free(index->root);
	g_free(index);
}

static char *
column(sqlite3_stmt *statement, int n)
{
	const char *text = (const char *)sqlite3_column_text(statement, n);

	return g_strdup(text != NULL ? text : "");
}

static struct kept *
kept_from_row(const struct kept_index *index, sqlite3_stmt *statement)
{
	struct kept *kept = g_new0(struct kept, 1);

	kept->root = g_strdup(index->root);
	kept->path = column(statement, 0);
	kept->day = column(statement, 1);
	kept->id = column(statement, 2);
	kept->kind = column(statement, 3);
	kept->stored = sqlite3_column_int64(statement, 4);
	kept->sender = column(statement, 5);
	kept->recipients = column(statement, 6);
	kept->subject = column(statement, 7);
	kept->findings = column(statement, 8);
	kept->whole = sqlite3_column_int(statement, 9) != 0;
	kept->bytes = (uint64_t)sqlite3_column_int64(statement, 10);
	return kept;
}

GPtrArray *
kept_find(struct kept_index *index, const struct kept_filter *filter, GError **error)
{
	static const char sql[] =
	    "SELECT path, day, id, kind, stored, sender, recipients, subject, findings, whole, "
	    "bytes"
	    " FROM kept WHERE substr(path, 1, length(?1) + 1) = ?1 || '/' AND (?2 IS NULL OR id = "
	    "?2)"
	    " AND (?3 IS NULL OR instr(lower(sender), lower(?3)))"
	    " AND (?4 IS NULL OR instr(lower(recipients), lower(?4)))"
	    " AND (?5 IS NULL OR instr(lower(findings || ' ' || subject || ' ' || kind), "
	    "lower(?5)))"
	    " AND (?6 IS NULL OR day >= ?6) AND (?7 IS NULL OR day <= ?7)"
	    " ORDER BY stored, path";
	GPtrArray *all = g_ptr_array_new_with_free_func(kept_free);
	sqlite3_stmt *statement = NULL;
	int result = sqlite3_prepare_v2(index->database, sql, -1, &statement, NULL);
	const char *const values[] = { index->root, filter->id, filter->from, filter->to,
		filter->reason, filter->since, filter->until };

	for (int i = 0; result == SQLITE_OK && i < (int)G_N_ELEMENTS(values); i++) {
		if (values[i] != NULL)
			bind(statement, i + 1, values[i]);
	}
	while (result == SQLITE_OK && (result = sqlite3_step(statement)) == SQLITE_ROW) {
		g_ptr_array_add(all, kept_from_row(index, statement));
		result = SQLITE_OK;
	}
	sqlite3_finalize(statement);
	if (result == SQLITE_DONE)
		return all;
	fail(index, error);
	g_ptr_array_unref(all);
	return NULL;
}

bool
kept_delete(struct kept_index *index, const struct kept *kept, GError **error)
{
	sqlite3_stmt *statement = NULL;

	if (!kept_remove(kept, error))
		return false;
	sqlite3_prepare_v2(
	    index->database, "DELETE FROM kept WHERE path = ?", -1, &statement, NULL);
	bind(statement, 1, kept->path);
	bool done = sqlite3_step(statement) == SQLITE_DONE || fail(index, error);
	sqlite3_finalize(statement);
	return done;
}
