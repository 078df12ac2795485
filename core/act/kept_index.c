/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Workers never write the index: it costs a message nothing, and what is missing in it is read when somebody looks. An index that
 * can't be used is thrown away and made again.
 */
#include <errno.h>
#include <string.h>

#include <glib/gstdio.h>
#include <sqlite3.h>

#include "core/act/kept.h"
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

static bool
insert(struct kept_index *index, const struct kept_place *place, GError **error)
{
	sqlite3_stmt *statement = NULL;
	struct kept *kept = kept_read(place);

	if (sqlite3_prepare_v2(index->database,
		"INSERT OR REPLACE INTO kept VALUES (?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", -1,
		&statement, NULL) == SQLITE_OK) {
		bind(statement, 1, kept->path);
		sqlite3_bind_int64(statement, 2, place->changed);
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
	sqlite3_step(statement);
	sqlite3_finalize(statement);
	return sqlite3_changes(index->database) > 0;
}

static bool
bring_up_to_date(struct kept_index *index, void (*progress)(unsigned, unsigned, void *), void *data,
    GError **error)
{
	g_autoptr(GPtrArray) places = kept_places(index->root, error);
	bool done =
	    places != NULL && execute(index, "BEGIN IMMEDIATE; UPDATE kept SET seen = 0", error);

	for (unsigned i = 0; done && i < places->len; i++) {
		const struct kept_place *place = g_ptr_array_index(places, i);

		done = is_known(index, place) || insert(index, place, error);
		if (progress != NULL)
			progress(i + 1, places->len, data);
	}
	return done && execute(index, "DELETE FROM kept WHERE seen = 0; COMMIT", error);
}

static bool
open_database(struct kept_index *index, const char *path, GError **error)
{
	if (sqlite3_open_v2(path, &index->database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
		NULL) != SQLITE_OK)
		return fail(index, error);
	sqlite3_busy_timeout(index->database, 10000);
	return execute(index, schema, error);
}

struct kept_index *
kept_open(const char *root, const char *state,
    void (*progress)(unsigned done, unsigned all, void *data), void *data, GError **error)
{
	struct kept_index *index = g_new0(struct kept_index, 1);
	g_autofree char *path = g_build_filename(state, "quarantine.db", NULL);
	g_autoptr(GError) first = NULL;

	index->root = g_strdup(root);
	bool done = open_database(index, path, &first);
	if (!done) {
		/* Damaged, or of another kind: the tree has all that was in it. */
		sqlite3_close(index->database);
		g_unlink(path);
		done = open_database(index, path, error);
	}
	if (done && bring_up_to_date(index, progress, data, error))
		return index;
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
kept_from_row(sqlite3_stmt *statement)
{
	struct kept *kept = g_new0(struct kept, 1);

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
	    " FROM kept WHERE substr(path, 1, length(?1)) = ?1 AND (?2 IS NULL OR id = ?2)"
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
		g_ptr_array_add(all, kept_from_row(statement));
		result = SQLITE_OK;
	}
	sqlite3_finalize(statement);
	if (result == SQLITE_DONE)
		return all;
	fail(index, error);
	g_ptr_array_unref(all);
	return NULL;
}

static bool
remove_tree(const char *path, GError **error)
{
	g_autoptr(GDir) listing =
	    g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open(path, 0, NULL);

	for (const char *name; listing != NULL && (name = g_dir_read_name(listing)) != NULL;) {
		g_autofree char *inner = g_build_filename(path, name, NULL);

		if (!remove_tree(inner, error))
			return false;
	}
	if (g_remove(path) == 0 || errno == ENOENT)
		return true;
	g_set_error(error, KEPT_ERROR, KEPT_ERROR_SYSTEM, "remove %s: %s", path, g_strerror(errno));
	return false;
}

bool
kept_delete(struct kept_index *index, const struct kept *kept, GError **error)
{
	sqlite3_stmt *statement = NULL;
	g_autofree char *above = g_path_get_dirname(kept->path);

	if (!remove_tree(kept->path, error))
		return false;
	/* The day's directory goes with the last of it. */
	g_rmdir(above);
	sqlite3_prepare_v2(
	    index->database, "DELETE FROM kept WHERE path = ?", -1, &statement, NULL);
	bind(statement, 1, kept->path);
	bool done = sqlite3_step(statement) == SQLITE_DONE || fail(index, error);
	sqlite3_finalize(statement);
	return done;
}
