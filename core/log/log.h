/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_LOG_LOG_H
#define CORE_LOG_LOG_H
/*
 * The log: syslog, lines on standard error, or one JSON object a line there.
 *
 * Priorities are those of syslog(3): LOG_ERR our own or the system's failure, LOG_WARNING something
 * the operator should look at, LOG_NOTICE a decision about mail, LOG_INFO the normal course, LOG_DEBUG.
 * Whatever comes from outside is escaped here, so no caller can forget: control characters become
 * \xNN, each newline begins a record of its own.
 */
#include <glib.h>
#include <stdbool.h>
#include <syslog.h>
#include "rules/diagnostic.h"

enum log_sink { LOG_SINK_SYSLOG, LOG_SINK_STDERR, LOG_SINK_JSON };

/*
 * Chooses the sink. `ident` is the name that syslog shows (copied); `facility` a name such as "mail" or "local3"
 * (false when there is none of that name: LOG_MAIL is used). May be called again.
 */
bool log_open(enum log_sink sink, const char *ident, const char *facility);

/* "syslog", "stderr" or "json" -> sink; false for any other word. */
bool log_sink_named(const char *name, enum log_sink *sink);

/* Records below this priority are dropped; LOG_INFO at first. */
void log_set_limit(int priority);

/* While somebody waits at a terminal for a start in the background: what goes to syslog with this priority or a graver one is
 * shown on standard error too. -1, as at first: nothing. */
void log_show(int priority);

/* One record. */
void log_line(int priority, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* One record about a message: JSON records carry the id as a field of its own. The text names it too where people need it. */
void log_message(int priority, const char *id, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* What was found while a configuration was read, one record each, fatal and error ones as LOG_ERR. */
void log_diagnostics(const struct diagnostics *diagnostics);

/* `text` with control characters (newlines too, and marks of writing direction) as \xNN. The caller's. */
char *log_escape(const char *text);

#endif
