/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A record is put together whole and leaves by one call (write or syslog), so that lines of several
 * processes never mix. Nothing is buffered: what was logged before a crash can be read after it.
 */
#include "core/log/log.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include <jansson.h>

static const struct facility {
	const char *name;
	int value;
} facilities[] = {
	{ "auth", LOG_AUTH },
	{ "authpriv", LOG_AUTHPRIV },
	{ "cron", LOG_CRON },
	{ "daemon", LOG_DAEMON },
	{ "local0", LOG_LOCAL0 },
	{ "local1", LOG_LOCAL1 },
	{ "local2", LOG_LOCAL2 },
	{ "local3", LOG_LOCAL3 },
	{ "local4", LOG_LOCAL4 },
	{ "local5", LOG_LOCAL5 },
	{ "local6", LOG_LOCAL6 },
	{ "local7", LOG_LOCAL7 },
	{ "mail", LOG_MAIL },
	{ "news", LOG_NEWS },
	{ "syslog", LOG_SYSLOG },
	{ "user", LOG_USER },
	{ "uucp", LOG_UUCP },
};

static const char *const level_names[] = {
	[LOG_EMERG] = "emerg",
	[LOG_ALERT] = "alert",
	[LOG_CRIT] = "crit",
	[LOG_ERR] = "err",
	[LOG_WARNING] = "warning",
	[LOG_NOTICE] = "notice",
	[LOG_INFO] = "info",
	[LOG_DEBUG] = "debug",
};

static struct {
	enum log_sink sink;
	int limit;
	int shown;
	char ident[64];
} state = { LOG_SINK_STDERR, LOG_INFO, -1, "MailScanner" };

static bool
facility_named(const char *name, int *value)
{
	for (size_t i = 0; i < G_N_ELEMENTS(facilities); i++) {
		if (strcasecmp(facilities[i].name, name) == 0) {
			*value = facilities[i].value;
			return true;
		}
	}
	*value = LOG_MAIL;
	return false;
}

bool
log_open(enum log_sink sink, const char *ident, const char *facility)
{
	int value;
	bool known = facility_named(facility, &value);

	if (state.sink == LOG_SINK_SYSLOG)
		closelog();
	state.sink = sink;
	g_autofree char *valid = g_utf8_make_valid(ident, -1);
	g_utf8_strncpy(state.ident, valid, (sizeof state.ident - 1) / 4);
	if (sink == LOG_SINK_SYSLOG)
		openlog(state.ident, LOG_PID | LOG_NDELAY, value);
	return known;
}

bool
log_sink_named(const char *name, enum log_sink *sink)
{
	static const char *const names[] = { "syslog", "stderr", "json" };

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		if (strcmp(name, names[i]) == 0) {
			*sink = (enum log_sink)i;
			return true;
		}
	}
	return false;
}

void
log_show(int priority)
{
	state.shown = priority;
}

void
log_set_limit(int priority)
{
	state.limit = priority;
}

/* Controls, and marks that turn the direction of what follows (a name could look like another). */
static bool
is_unsafe(gunichar c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x200e || c == 0x200f ||
	       (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

char *
log_escape(const char *text)
{
	GString *safe = g_string_sized_new(strlen(text) + 16);

	while (*text != '\0') {
		gunichar c = g_utf8_get_char_validated(text, -1);
		bool valid = c < (gunichar)-2;
		int length = valid ? g_utf8_skip[(unsigned char)*text] : 1;

		/* A byte that is no UTF-8 stays as it is, unless an 8-bit terminal obeys it. */
		if (is_unsafe(valid ? c : (unsigned char)*text)) {
			for (int i = 0; i < length; i++)
				g_string_append_printf(safe, "\\x%02x", (unsigned char)text[i]);
		} else {
			g_string_append_len(safe, text, length);
		}
		text += length;
	}
	return g_string_free(safe, FALSE);
}

static void
write_whole(const char *line, size_t length)
{
	/* A log that can't be written to must not stop the mail. */
	while (length > 0) {
		ssize_t n = write(STDERR_FILENO, line, length);

		if (n <= 0)
			return;
		line += n;
		length -= (size_t)n;
	}
}

static void
write_json(int priority, const char *id, const char *text)
{
	struct timespec now;
	char stamp[64];
	struct tm broken;

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &broken);
	size_t n = strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%S", &broken);
	snprintf(stamp + n, sizeof stamp - n, ".%06ldZ", now.tv_nsec / 1000);

	g_autofree char *valid = g_utf8_make_valid(text, -1);
	json_t *record = json_pack("{s:s, s:s, s:s, s:i, s:s*, s:s}", "time", stamp, "level",
	    level_names[priority], "ident", state.ident, "pid", (int)getpid(), "id", id, "text",
	    valid);
	char *dump = json_dumps(record, JSON_COMPACT | JSON_PRESERVE_ORDER);

	json_decref(record);
	if (dump == NULL)
		return;
	g_autofree char *line = g_strconcat(dump, "\n", NULL);
	free(dump);
	write_whole(line, strlen(line));
}

static void
write_stderr(const char *text)
{
	g_autofree char *safe = log_escape(text);
	g_autofree char *line = g_strdup_printf("%s[%d]: %s\n", state.ident, (int)getpid(), safe);

	write_whole(line, strlen(line));
}

static void
write_record(int priority, const char *id, const char *text)
{
	switch (state.sink) {
	case LOG_SINK_JSON:
		write_json(priority, id, text);
		break;
	case LOG_SINK_STDERR:
		write_stderr(text);
		break;
	case LOG_SINK_SYSLOG: {
		g_autofree char *safe = log_escape(text);

		syslog(priority, "%s", safe);
		if (priority <= state.shown)
			write_stderr(text);
		break;
	}
	}
}

static void G_GNUC_PRINTF(3, 0)
    write_lines(int priority, const char *id, const char *format, va_list arguments)
{
	if (priority > state.limit)
		return;
	g_autofree char *text = g_strdup_vprintf(format, arguments);

	for (char *line = text; line != NULL && *line != '\0';) {
		char *end = strchr(line, '\n');

		if (end != NULL)
			*end++ = '\0';
		if (*line != '\0')
			write_record(priority, id, line);
		line = end;
	}
}

void
log_line(int priority, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	write_lines(priority, NULL, format, arguments);
	va_end(arguments);
}

void
log_message(int priority, const char *id, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	write_lines(priority, id, format, arguments);
	va_end(arguments);
}

void
log_diagnostics(const struct diagnostics *diagnostics)
{
	static const int priorities[] = {
		[SEVERITY_INFO] = LOG_INFO,
		[SEVERITY_WARNING] = LOG_WARNING,
		[SEVERITY_ERROR] = LOG_ERR,
		[SEVERITY_FATAL] = LOG_ERR,
	};
	const GPtrArray *list = diagnostics_list(diagnostics);

	for (unsigned i = 0; i < list->len; i++) {
		const struct diagnostic *diagnostic = g_ptr_array_index(list, i);
		g_autofree char *text = diagnostic_text(diagnostic);

		log_line(priorities[diagnostic->severity], "%s", text);
	}
}
