/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table names and first columns are those of MailScanner 5, so its reports go on working. The database is opened with
 * synchronous=FULL: a row is written only after a worker has died, and must then survive whatever comes next.
 */
#include "core/engine/attempts.h"

#include <sqlite3.h>

struct attempts {
	sqlite3 *database;
};

static GQuark
attempts_error(void)
{
	return g_quark_from_static_string("attempts-error-quark");
}

static bool
fail(struct attempts *attempts, GError **error, const char *what)
{
	g_set_error(error, attempts_error(), 0, "Processing Attempts Database: %s: %s", what,
	    sqlite3_errmsg(attempts->database));
	return false;
}

static bool
execute(struct attempts *attempts, const char *sql, GError **error)
{
	return sqlite3_exec(attempts->database, sql, NULL, NULL, NULL) == SQLITE_OK ||
	       fail(attempts, error, sql);
}

static bool
has_tables(struct attempts *attempts)
{
	sqlite3_stmt *statement = NULL;
	bool found = false;

	if (sqlite3_prepare_v2(attempts->database,
		"SELECT 1 FROM sqlite_master WHERE name = 'processing_message'", -1, &statement,
		NULL) == SQLITE_OK)
		found = sqlite3_step(statement) == SQLITE_ROW;
	sqlite3_finalize(statement);
	return found;
}

/* A database of MailScanner 5 lacks the column `directory`; adding it again is an error that means nothing. */
static bool
make_tables(struct attempts *attempts, GError **error)
{
	static const char tables[] =
	    "BEGIN IMMEDIATE;"
	    "CREATE TABLE IF NOT EXISTS processing (id TEXT, count INT, nexttime INT);"
	    "CREATE TABLE IF NOT EXISTS archive (id TEXT, count INT, nexttime INT);"
	    "DROP INDEX IF EXISTS id_uniq;";

	if (!execute(attempts, "PRAGMA synchronous = FULL", error))
		return false;
	if (has_tables(attempts))
		return true;
	if (!execute(attempts, tables, error))
		return false;
	sqlite3_exec(attempts->database,
	    "ALTER TABLE processing ADD COLUMN directory TEXT NOT NULL DEFAULT ''", NULL, NULL,
	    NULL);
	sqlite3_exec(attempts->database,
	    "ALTER TABLE archive ADD COLUMN directory TEXT NOT NULL DEFAULT ''", NULL, NULL, NULL);
	return execute(attempts,
	    "CREATE UNIQUE INDEX IF NOT EXISTS processing_message ON processing (directory, id);"
	    "COMMIT",
	    error);
}

static struct attempts *
open_with(const char *path, int flags, GError **error)
{
	struct attempts *attempts = g_new0(struct attempts, 1);

	if (sqlite3_open_v2(path, &attempts->database, flags, NULL) == SQLITE_OK) {
		sqlite3_busy_timeout(attempts->database, 5000);
		return attempts;
	}
	fail(attempts, error, path);
	attempts_close(attempts);
	return NULL;
}

struct attempts *
attempts_open(const char *path, GError **error)
{
	struct attempts *attempts =
	    open_with(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, error);

	if (attempts != NULL && !make_tables(attempts, error)) {
		attempts_close(attempts);
		return NULL;
	}
	return attempts;
}

struct attempts *
attempts_open_readonly(const char *path, GError **error)
{
	return open_with(path, SQLITE_OPEN_READONLY, error);
}

void
attempts_close(struct attempts *attempts)
{
	if (attempts == NULL)
		return;
	sqlite3_close(attempts->database);
	g_free(attempts);
}

void
attempt_free(struct attempt *attempt)
{
	g_free(attempt->directory);
	g_free(attempt->id);
	g_free(attempt);
}

static void
attempt_free_item(void *attempt)
{
	attempt_free(attempt);
}

/* "" where there is no text, or no such column. The caller's. */
static char *
column_text(sqlite3_stmt *statement, int column)
{
	const unsigned char *text = column < sqlite3_column_count(statement)
					? sqlite3_column_text(statement, column)
					: NULL;

	return g_strdup(text != NULL ? (const char *)text : "");
}

GPtrArray *
attempts_list(struct attempts *attempts, bool archived, unsigned more_than)
{
	GPtrArray *list = g_ptr_array_new_with_free_func(attempt_free_item);
	const char *sql = archived
			      ? "SELECT * FROM archive WHERE count > ? ORDER BY nexttime DESC"
			      : "SELECT * FROM processing WHERE count > ? ORDER BY nexttime DESC";
	sqlite3_stmt *statement = NULL;

	if (sqlite3_prepare_v2(attempts->database, sql, -1, &statement, NULL) != SQLITE_OK)
		return list;
	sqlite3_bind_int64(statement, 1, more_than);
	while (sqlite3_step(statement) == SQLITE_ROW) {
		struct attempt *attempt = g_new0(struct attempt, 1);

		attempt->id = column_text(statement, 0);
		attempt->count = (unsigned)sqlite3_column_int64(statement, 1);
		attempt->next = sqlite3_column_int64(statement, 2);
		/* The fourth column is ours; a file that only MailScanner 5 has written lacks it. */
		attempt->directory = column_text(statement, 3);
		g_ptr_array_add(list, attempt);
	}
	sqlite3_finalize(statement);
	return list;
}

/* Runs one statement with directory, id and a number bound to ?1, ?2, ?3; `result`, if not NULL, takes the first column of a row. */
static bool
run(struct attempts *attempts, const char *sql, const char *directory, const char *id,
    gint64 number, gint64 *result, GError **error)
{
	sqlite3_stmt *statement = NULL;

	if (sqlite3_prepare_v2(attempts->database, sql, -1, &statement, NULL) != SQLITE_OK)
		return fail(attempts, error, sql);
	sqlite3_bind_text(statement, 1, directory, -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 2, id, -1, SQLITE_STATIC);
	if (sqlite3_bind_parameter_count(statement) >= 3)
		sqlite3_bind_int64(statement, 3, number);
	int step = sqlite3_step(statement);
	if (step == SQLITE_ROW && result != NULL)
		*result = sqlite3_column_int64(statement, 0);
	while (step == SQLITE_ROW)
		step = sqlite3_step(statement);
	bool done = step == SQLITE_DONE || fail(attempts, error, sql);
	sqlite3_finalize(statement);
	return done;
}

unsigned
attempts_count(
    struct attempts *attempts, const char *directory, const char *id, gint64 next, GError **error)
{
	gint64 count = 0;

	if (!run(attempts,
		"INSERT INTO processing (directory, id, count, nexttime) VALUES (?1, ?2, 1, ?3) "
		"ON CONFLICT (directory, id) DO UPDATE SET count = count + 1, nexttime = ?3 "
		"RETURNING count",
		directory, id, next, &count, error))
		return 0;
	return (unsigned)count;
}

bool
attempts_forget(struct attempts *attempts, const char *directory, const char *id, GError **error)
{
	return run(attempts, "DELETE FROM processing WHERE directory IN (?1, '') AND id = ?2",
	    directory, id, 0, NULL, error);
}

bool
attempts_give_up(
    struct attempts *attempts, const char *directory, const char *id, gint64 now, GError **error)
{
	if (!execute(attempts, "BEGIN IMMEDIATE", error))
		return false;
	if (run(attempts,
		"INSERT INTO archive (directory, id, count, nexttime) "
		"SELECT directory, id, count, ?3 FROM processing WHERE directory = ?1 AND id = ?2",
		directory, id, now, NULL, error) &&
	    attempts_forget(attempts, directory, id, error) && execute(attempts, "COMMIT", error))
		return true;
	execute(attempts, "ROLLBACK", NULL);
	return false;
}
