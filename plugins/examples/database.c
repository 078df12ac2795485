/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A function with a connection to a database, opened in init and closed in end: is the sender a customer?
 *
 *	Sign Clean Messages = &Customer("/etc/MailScanner/customers.db")
 *
 * The table is customers(address TEXT PRIMARY KEY). When the database can't answer, the function can't tell, and the message waits.
 *
 *	cc -fPIC -shared $(pkg-config --cflags mailscanner) -o database.so database.c -lsqlite3
 */
#include <mailscanner.h>
#include <sqlite3.h>
#include <stdlib.h>

struct customers {
	sqlite3 *database;
	sqlite3_stmt *statement;
};

static const struct mailscanner_host *host;

static void
end(void *state)
{
	struct customers *customers = state;

	sqlite3_finalize(customers->statement);
	sqlite3_close(customers->database);
	free(customers);
}

static const char *
start(const struct mailscanner_host *of, const char *const *arguments, void **state)
{
	static const char query[] = "SELECT 1 FROM customers WHERE address = ? COLLATE NOCASE";

	host = of;
	if (arguments[0] == NULL)
		return "it takes one argument, a database file";
	struct customers *customers = calloc(1, sizeof *customers);
	if (customers == NULL)
		return "no memory";
	if (sqlite3_open_v2(arguments[0], &customers->database, SQLITE_OPEN_READONLY, NULL) !=
		SQLITE_OK ||
	    sqlite3_prepare_v2(customers->database, query, -1, &customers->statement, NULL) !=
		SQLITE_OK) {
		/* The text lasts until the process ends. */
		const char *why = host->keep(NULL, sqlite3_errmsg(customers->database));

		end(customers);
		return why;
	}
	sqlite3_busy_timeout(customers->database, 2000);
	*state = customers;
	return NULL;
}

static enum mailscanner_answer
value(void *state, struct mailscanner_message *message, const char **text)
{
	struct customers *customers = state;

	if (message == NULL)
		return MAILSCANNER_NO_VALUE;
	sqlite3_bind_text(customers->statement, 1, host->sender(message), -1, SQLITE_TRANSIENT);
	int status = sqlite3_step(customers->statement);
	sqlite3_reset(customers->statement);
	if (status != SQLITE_ROW && status != SQLITE_DONE) {
		*text = sqlite3_errmsg(customers->database);
		return MAILSCANNER_CANT_TELL;
	}
	*text = status == SQLITE_ROW ? "yes" : "no";
	return MAILSCANNER_VALUE;
}

static const struct mailscanner_function customer = {
	.size = sizeof(struct mailscanner_function),
	.name = "Customer",
	.init = start,
	.value = value,
	.end = end,
};

static const struct mailscanner_function *const functions[] = { &customer, NULL };

const struct mailscanner_plugin mailscanner_plugin = {
	.abi = MAILSCANNER_ABI,
	.size = sizeof(struct mailscanner_plugin),
	.functions = functions,
};
