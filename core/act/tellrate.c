/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Mails of this kind are few, so the database is opened for each. It need not outlive a power cut: where it can't be used it is made
 * anew, and where that fails too this process counts for itself.
 */
#include "core/act/tellrate.h"

#include <unistd.h>

#include <sqlite3.h>

#include "core/log/log.h"
#include "rules/directives.h"

#define HOUR 3600
/* Milliseconds to wait for another worker. */
#define PATIENCE 2000

static const char schema[] = "PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY;"
			     "CREATE TABLE IF NOT EXISTS told (address TEXT PRIMARY KEY, since "
			     "INT, times INT) WITHOUT ROWID;"
			     "CREATE INDEX IF NOT EXISTS told_since ON told (since)";

/* ?1 the address, ?2 the time. A time to come is that of a clock that was wrong. */
static const char count[] =
    "INSERT INTO told VALUES (?1, ?2, 1) ON CONFLICT (address) DO UPDATE SET"
    " times = CASE WHEN since BETWEEN ?2 - 3600 AND ?2 THEN times + 1 ELSE 1 END,"
    " since = CASE WHEN since BETWEEN ?2 - 3600 AND ?2 THEN since ELSE ?2 END RETURNING times";

static gint64
count_in(sqlite3 *database, const char *address, gint64 now)
{
	sqlite3_stmt *statement = NULL;
	gint64 times = -1;

	if (sqlite3_prepare_v2(database, count, -1, &statement, NULL) == SQLITE_OK &&
	    sqlite3_bind_text(statement, 1, address, -1, SQLITE_STATIC) == SQLITE_OK &&
	    sqlite3_bind_int64(statement, 2, now) == SQLITE_OK &&
	    sqlite3_step(statement) == SQLITE_ROW)
		times = sqlite3_column_int64(statement, 0);
	if (sqlite3_finalize(statement) != SQLITE_OK)
		times = -1;
	return times;
}

static void
forget_old(sqlite3 *database, gint64 now)
{
	g_autofree char *sql =
	    g_strdup_printf("DELETE FROM told WHERE since < %" G_GINT64_FORMAT, now - HOUR);

	sqlite3_exec(database, sql, NULL, NULL, NULL);
}

/* With this one, or -1. `*broken`: the file is of no use. */
static gint64
times_on_disk(const char *path, const char *address, gint64 now, bool *broken)
{
	sqlite3 *database = NULL;
	gint64 times = -1;

	if (sqlite3_open(path, &database) == SQLITE_OK &&
	    sqlite3_busy_timeout(database, PATIENCE) == SQLITE_OK &&
	    sqlite3_exec(database, schema, NULL, NULL, NULL) == SQLITE_OK &&
	    sqlite3_exec(database, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK) {
		forget_old(database, now);
		times = count_in(database, address, now);
		if (sqlite3_exec(database, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
			times = -1;
	}
	int code = sqlite3_errcode(database);

	*broken = times < 0 && (code == SQLITE_CORRUPT || code == SQLITE_NOTADB);
	sqlite3_close(database);
	return times;
}

struct told {
	gint64 since;
	gint64 times;
};

#define TOLD_MAX 10000

/* As far as this process knows, with this one. */
static gint64
times_here(const char *address, gint64 now)
{
	static GHashTable *all;

	if (all == NULL)
		all = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	struct told *told = g_hash_table_lookup(all, address);
	if (told == NULL) {
		if (g_hash_table_size(all) >= TOLD_MAX)
			g_hash_table_remove_all(all);
		told = g_new0(struct told, 1);
		g_hash_table_insert(all, g_strdup(address), told);
	}
	if (told->times == 0 || told->since > now || now - told->since > HOUR)
		*told = (struct told){ .since = now };
	return ++told->times;
}

bool
tellrate_allows(const char *address, gint64 most)
{
	g_autofree char *path = g_build_filename(state_dir_for(NULL), "told.db", NULL);
	g_autofree char *lower = g_ascii_strdown(address, -1);
	gint64 now = g_get_real_time() / G_USEC_PER_SEC;
	bool broken;
	gint64 times = times_on_disk(path, lower, now, &broken);

	if (broken && unlink(path) == 0) {
		log_line(LOG_WARNING, "%s: damaged, made anew", path);
		times = times_on_disk(path, lower, now, &broken);
	}
	if (times < 0)
		times = times_here(lower, now);
	return times <= most;
}
