/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A directive's value from an SQLite database:
 *
 *	Scan Messages = &SQLite("/etc/MailScanner/customers.db", "SELECT scan FROM domains WHERE name = :domain")
 *
 * The statement may use :from (the sender), :to (the first recipient), :domain (that recipient's
 * domain) and :ip (the client); addresses are in lower case. The first column of the first row is the
 * value; without a row, or when that is NULL, the directive's default counts, as it does where there is
 * no message. An error is "can't tell": the message waits until the database can be asked.
 *
 * The database is opened at the first look-up of each worker, so an administrator may put it there
 * later, and closed after an error, so that the next look-up starts afresh.
 */
#include "plugins/mailscanner.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#define BUSY_TIMEOUT 2000 /* milliseconds */

struct source {
	const char *path, *query; /* borrowed: the arguments */
	sqlite3 *database;	  /* NULL: not open */
	sqlite3_stmt *statement;
	char text[1024]; /* the last answer, or error */
};

static const struct mailscanner_host *host;

static const char *
start(const struct mailscanner_host *of, const char *const *arguments, void **state)
{
	if (arguments[0] == NULL || arguments[1] == NULL || arguments[2] != NULL)
		return "it takes two arguments, a database file and a SELECT statement";
	struct source *source = calloc(1, sizeof *source);
	if (source == NULL)
		return "no memory";
	host = of;
	source->path = arguments[0];
	source->query = arguments[1];
	*state = source;
	return NULL;
}

static void
close_database(struct source *source)
{
	sqlite3_finalize(source->statement);
	sqlite3_close(source->database);
	source->statement = NULL;
	source->database = NULL;
}

/* For `return`. */
static enum mailscanner_answer
fail(struct source *source, const char **text)
{
	const char *why = source->database != NULL ? sqlite3_errmsg(source->database) : "no memory";

	sqlite3_snprintf(sizeof source->text, source->text, "%s: %s", source->path, why);
	close_database(source);
	*text = source->text;
	return MAILSCANNER_CANT_TELL;
}

static int
open_database(struct source *source)
{
	if (source->database != NULL)
		return SQLITE_OK;
	int status = sqlite3_open_v2(source->path, &source->database, SQLITE_OPEN_READONLY, NULL);
	if (status != SQLITE_OK)
		return status;
	sqlite3_busy_timeout(source->database, BUSY_TIMEOUT);
	return sqlite3_prepare_v2(source->database, source->query, -1, &source->statement, NULL);
}

static int
bind(struct source *source, const char *name, const char *value)
{
	int index = sqlite3_bind_parameter_index(source->statement, name);

	if (index == 0)
		return SQLITE_OK;
	return sqlite3_bind_text(source->statement, index, value, -1, SQLITE_TRANSIENT);
}

/* SQLite's own lower() would do for ASCII as well, but not on what is bound. */
static int
bind_lower(struct source *source, const char *name, const char *value)
{
	char *lower = sqlite3_mprintf("%s", value);
	if (lower == NULL)
		return SQLITE_NOMEM;

	for (char *at = lower; *at != '\0'; at++)
		if (*at >= 'A' && *at <= 'Z')
			*at |= 0x20;
	int status = bind(source, name, lower);
	sqlite3_free(lower);
	return status;
}

static int
bind_all(struct source *source, struct mailscanner_message *message)
{
	const char *to = host->recipients(message)[0];
	const char *at = to != NULL ? strrchr(to, '@') : NULL;
	int status = bind_lower(source, ":from", host->sender(message));

	if (status == SQLITE_OK)
		status = bind_lower(source, ":to", to != NULL ? to : "");
	if (status == SQLITE_OK)
		status = bind_lower(source, ":domain", at != NULL ? at + 1 : "");
	if (status == SQLITE_OK)
		status = bind(source, ":ip", host->client_address(message));
	return status;
}

/* A misspelled parameter would be NULL, and no row would ever match. */
static const char *
unknown_parameter(struct source *source)
{
	static const char *const known[] = { ":from", ":to", ":domain", ":ip" };

	for (int i = sqlite3_bind_parameter_count(source->statement); i > 0; i--) {
		const char *name = sqlite3_bind_parameter_name(source->statement, i);
		size_t n = 0;

		while (n < sizeof known / sizeof *known &&
		       (name == NULL || strcmp(name, known[n]) != 0))
			n++;
		if (n == sizeof known / sizeof *known)
			return name != NULL ? name : "?";
	}
	return NULL;
}

static enum mailscanner_answer
value(void *state, struct mailscanner_message *message, const char **text)
{
	struct source *source = state;
	enum mailscanner_answer answer = MAILSCANNER_NO_VALUE;

	if (message == NULL)
		return MAILSCANNER_NO_VALUE;
	if (open_database(source) != SQLITE_OK || bind_all(source, message) != SQLITE_OK)
		return fail(source, text);
	const char *unknown = unknown_parameter(source);
	if (unknown != NULL) {
		sqlite3_snprintf(sizeof source->text, source->text,
		    "%s is none of :from, :to, :domain and :ip", unknown);
		*text = source->text;
		return MAILSCANNER_CANT_TELL;
	}
	int status = sqlite3_step(source->statement);
	if (status != SQLITE_ROW && status != SQLITE_DONE)
		return fail(source, text);
	const char *column =
	    status == SQLITE_ROW ? (const char *)sqlite3_column_text(source->statement, 0) : NULL;
	if (column != NULL) {
		*text = host->keep(message, column);
		answer = MAILSCANNER_VALUE;
	}
	sqlite3_reset(source->statement);
	return answer;
}

static void
end(void *state)
{
	close_database(state);
	free(state);
}

static const struct mailscanner_function sqlite = {
	.size = sizeof(struct mailscanner_function),
	.name = "SQLite",
	.init = start,
	.value = value,
	.end = end,
};

static const struct mailscanner_function *const functions[] = { &sqlite, NULL };

const struct mailscanner_plugin mailscanner_plugin = {
	.abi = MAILSCANNER_ABI,
	.size = sizeof(struct mailscanner_plugin),
	.functions = functions,
};
