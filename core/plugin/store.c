/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SQLite keeps several writers apart, and adding is one statement, so counts of several workers are right. What has expired is
 * swept when the store is opened, and else only not seen.
 */
#include "core/plugin/store.h"

#include <stdbool.h>

#include <glib.h>
#include <sqlite3.h>

#include "core/log/log.h"
#include "rules/directives.h"

#define BUSY_TIMEOUT 2000 /* milliseconds */

enum statement { GET, SET, REMOVE, ADD, STATEMENT_COUNT };

static const char *const texts[STATEMENT_COUNT] = {
	[GET] = "SELECT value FROM store WHERE name = ?1 AND (expires = 0 OR expires > ?3)",
	[SET] = "REPLACE INTO store VALUES (?1, ?2, ?4)",
	[REMOVE] = "DELETE FROM store WHERE name = ?1",
	[ADD] =
	    "INSERT INTO store VALUES (?1, ?2, ?4) ON CONFLICT (name) DO UPDATE SET "
	    "value = CASE WHEN expires = 0 OR expires > ?3 THEN CAST(value AS INTEGER) ELSE 0 END "
	    "+ ?2, expires = CASE WHEN expires = 0 OR expires > ?3 THEN expires ELSE ?4 END "
	    "RETURNING value",
};

static struct {
	sqlite3 *database;
	sqlite3_stmt *statements[STATEMENT_COUNT];
	char *got;
	bool failed; /* said in the log already */
} store;

static void
complain(void)
{
	if (!store.failed)
		log_line(LOG_WARNING, "the store of custom functions in %s can't be used: %s",
		    state_dir_for(NULL),
		    store.database != NULL ? sqlite3_errmsg(store.database) : "no memory");
	store.failed = true;
}

void
store_close(void)
{
	for (size_t i = 0; i < STATEMENT_COUNT; i++)
		g_clear_pointer(&store.statements[i], sqlite3_finalize);
	g_clear_pointer(&store.database, sqlite3_close);
	g_clear_pointer(&store.got, g_free);
	store.failed = false;
}

static bool
open_store(void)
{
	g_autofree char *path = g_build_filename(state_dir_for(NULL), "functions.db", NULL);
	g_autofree char *setup =
	    g_strdup_printf("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;"
			    "CREATE TABLE IF NOT EXISTS store (name TEXT PRIMARY KEY, "
			    "value, expires INTEGER NOT NULL) WITHOUT ROWID;"
			    "DELETE FROM store WHERE expires > 0 AND expires <= %" G_GINT64_FORMAT,
		g_get_real_time() / G_USEC_PER_SEC);

	if (sqlite3_open(path, &store.database) != SQLITE_OK)
		return false;
	sqlite3_busy_timeout(store.database, BUSY_TIMEOUT);
	if (sqlite3_exec(store.database, setup, NULL, NULL, NULL) != SQLITE_OK)
		return false;
	for (size_t i = 0; i < STATEMENT_COUNT; i++) {
		if (sqlite3_prepare_v2(store.database, texts[i], -1, &store.statements[i], NULL) !=
		    SQLITE_OK)
			return false;
	}
	return true;
}

/* Ready to be bound further and stepped; NULL: the store can't be used. */
static sqlite3_stmt *
prepare(enum statement which, const char *name, unsigned seconds)
{
	gint64 now = g_get_real_time() / G_USEC_PER_SEC;

	if (store.database == NULL && !store.failed && !open_store()) {
		complain();
		g_clear_pointer(&store.database, sqlite3_close);
	}
	if (store.database == NULL)
		return NULL;
	sqlite3_stmt *statement = store.statements[which];
	sqlite3_bind_text(statement, 1, name, -1, SQLITE_TRANSIENT);
	/* Not every statement has these. */
	sqlite3_bind_int64(statement, 3, now);
	sqlite3_bind_int64(statement, 4, seconds > 0 ? now + seconds : 0);
	return statement;
}

static void
finish(sqlite3_stmt *statement, int status)
{
	if (status != SQLITE_ROW && status != SQLITE_DONE)
		complain();
	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
}

const char *
store_get(const char *name)
{
	sqlite3_stmt *statement = prepare(GET, name, 0);

	g_clear_pointer(&store.got, g_free);
	if (statement == NULL)
		return NULL;
	int status = sqlite3_step(statement);
	if (status == SQLITE_ROW)
		store.got = g_strdup((const char *)sqlite3_column_text(statement, 0));
	finish(statement, status);
	return store.got;
}

void
store_set(const char *name, const char *value, unsigned seconds)
{
	sqlite3_stmt *statement = prepare(value != NULL ? SET : REMOVE, name, seconds);

	if (statement == NULL)
		return;
	if (value != NULL)
		sqlite3_bind_text(statement, 2, value, -1, SQLITE_TRANSIENT);
	finish(statement, sqlite3_step(statement));
}

int64_t
store_add(const char *name, int64_t amount, unsigned seconds)
{
	sqlite3_stmt *statement = prepare(ADD, name, seconds);
	int64_t sum = 0;

	if (statement == NULL)
		return 0;
	sqlite3_bind_int64(statement, 2, amount);
	int status = sqlite3_step(statement);
	if (status == SQLITE_ROW)
		sum = sqlite3_column_int64(statement, 0);
	finish(statement, status);
	return sum;
}
