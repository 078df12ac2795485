/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The child's standard error and its result are files without a name that the parent reads when the child has ended, however that
 * was. No other function is started, so what is seen is this one's doing; the directives that others serve have their defaults.
 */
#include "cmd/trial.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "cmd/trial_message.h"
#include "core/log/log.h"
#include "core/plugin/functions.h"
#include "rules/config.h"
#include "rules/function.h"
#include "rules/table.h"
#include "spool/fd.h"

/* The call as it is listened to on its way between configuration and function. */
struct listening {
	struct functions *functions;
	const struct function_use *use;
	bool called;
	enum function_answer answer;
	char *gave;
	gint64 microseconds;
};

/* A function_ask. */
static enum function_answer
listen_in(void *data, const struct function_use *use, struct subject *subject, const char **text)
{
	struct listening *listening = data;

	if (use != listening->use || listening->called)
		return FUNCTION_NO_VALUE;
	listening->called = true;
	gint64 started = g_get_monotonic_time();
	listening->answer = functions_ask(listening->functions, use, subject, text);
	listening->microseconds = g_get_monotonic_time() - started;
	listening->gave = g_strdup(*text);
	return listening->answer;
}

static json_t *
text_or_null(const char *text)
{
	g_autofree char *valid = text != NULL ? g_utf8_make_valid(text, -1) : NULL;

	return valid != NULL ? json_string(valid) : json_null();
}

static void
set_text(json_t *result, const char *name, const char *text)
{
	json_object_set_new(result, name, text_or_null(text));
}

static void
set_seconds(json_t *result, const char *name, gint64 microseconds)
{
	json_object_set_new(json_object_get(result, "seconds"), name,
	    json_real((double)microseconds / G_USEC_PER_SEC));
}

/* What the value is worth to the directive. Returns the exit status. */
static int
set_value(json_t *result, const struct trial *trial, const struct listening *listening,
    const struct explanation *explanation)
{
	static const char *const answers[] = { [FUNCTION_VALUE] = "value",
		[FUNCTION_NO_VALUE] = "no value",
		[FUNCTION_UNKNOWN] = "can't tell" };
	const struct reason *last =
	    g_ptr_array_index(explanation->reasons, explanation->reasons->len - 1);
	bool refused = listening->answer == FUNCTION_VALUE && last->source == REASON_DEFAULT;

	set_text(result, "answer", listening->called ? answers[listening->answer] : "none");
	set_text(result, "gave", listening->gave);
	if (listening->called && listening->answer == FUNCTION_UNKNOWN)
		set_text(result, "fault",
		    listening->gave != NULL ? listening->gave : "it doesn't say why");
	if (trial->is_seat)
		return listening->answer == FUNCTION_UNKNOWN ? EX_UNAVAILABLE : EX_OK;
	g_autofree char *inside =
	    function_inner_value(table_row(trial->directive), explanation->value);
	set_text(result, "value", explanation->value);
	set_text(result, "inside", inside);
	for (unsigned i = 0; i < explanation->reasons->len; i++) {
		g_autofree char *reason = reason_text(g_ptr_array_index(explanation->reasons, i));

		json_array_append_new(json_object_get(result, "why"), text_or_null(reason));
	}
	if (refused)
		set_text(result, "fault", last->text);
	return refused || !explanation->certain ? EX_UNAVAILABLE : EX_OK;
}

static int
look_up(
    json_t *result, const struct trial *trial, struct listening *listening, struct subject *subject)
{
	function_register(listen_in, listening);
	struct explanation *explanation =
	    config_explain(config_current(), trial->directive, subject);
	int status = set_value(result, trial, listening, explanation);
	set_seconds(result, "call", listening->microseconds);
	explanation_free(explanation);
	g_free(listening->gave);
	return status;
}

/* As a message's or a batch's end: there is no value. */
static int
look_last(json_t *result, const struct trial *trial, struct functions *functions,
    struct subject *subject, struct batch_view *view)
{
	gint64 started = g_get_monotonic_time();

	view->ended = g_get_real_time();
	if (trial->directive == DIRECTIVE_always_looked_up_last)
		functions_look_last(functions, subject);
	else
		functions_look_after_batch(functions, view);
	set_seconds(result, "call", g_get_monotonic_time() - started);
	set_text(result, "answer", "no value");
	return EX_OK;
}

static const struct function_use *
use_of(enum directive directive)
{
	g_autoptr(GPtrArray) uses = config_functions(config_current());

	for (unsigned i = 0; i < uses->len; i++) {
		const struct function_use *use = g_ptr_array_index(uses, i);

		if (use->directive == directive)
			return use;
	}
	g_assert_not_reached();
}

/* Starts it, asks it, ends it. The message goes before the function does, as in a worker. */
static int
call(json_t *result, const struct trial *trial, struct trial_message *message,
    struct batch_view *view)
{
	const struct function_use *use = use_of(trial->directive);
	struct diagnostics *diagnostics = diagnostics_new();
	gint64 started = g_get_monotonic_time();
	const char *fault = NULL;
	int status;

	log_set_limit(LOG_DEBUG);
	struct functions *functions = functions_start_one(use, diagnostics, &fault);
	set_seconds(result, "start", g_get_monotonic_time() - started);
	log_diagnostics(diagnostics);
	diagnostics_free(diagnostics);
	if (functions == NULL) {
		set_text(result, "fault", fault != NULL ? fault : "there is no such function");
		return fault != NULL ? EX_UNAVAILABLE : EX_USAGE;
	}
	struct listening listening = { .functions = functions, .use = use };
	functions_begin_batch(functions, view);
	if (functions_is_logger(functions, trial->directive) ||
	    trial->directive == DIRECTIVE_always_looked_up_last_after_batch)
		status = look_last(result, trial, functions, message->subject, view);
	else
		status = look_up(result, trial, &listening, message->subject);
	functions_end_batch(functions);
	trial_message_clear(message);
	functions_end(functions);
	return status;
}

/* In the child. */
static int
run(const struct trial *trial, json_t *result)
{
	struct trial_message message;
	int status =
	    trial_message_take(&message, trial->message, trial->from, trial->to, trial->ip);

	set_text(result, "fault", message.fault);
	if (status != EX_OK) {
		trial_message_clear(&message);
		return status;
	}
	struct batch_view view = { .messages = message.all,
		.number = 1,
		.bytes = message.message != NULL ? message.message->entry->size : 0,
		.started = g_get_real_time() };
	if (message.message != NULL)
		set_text(result, "message", message_id(message.message));
	status = call(result, trial, &message, &view);
	trial_message_clear(&message);
	return status;
}

static json_t *
result_new(const struct trial *trial)
{
	const struct function_use *use = use_of(trial->directive);
	json_t *arguments = json_array();

	for (char **argument = use->arguments; *argument != NULL; argument++)
		json_array_append_new(arguments, text_or_null(*argument));
	return json_pack("{s:s, s:o, s:s?, s:n, s:s, s:n, s:n, s:n, s:[], s:n, s:{}, s:[]}",
	    "function", use->name, "arguments", arguments, "directive",
	    trial->is_seat ? NULL : directive_info(trial->directive)->name, "message", "answer",
	    "none", "gave", "value", "inside", "why", "fault", "seconds", "log");
}

static void
child(const struct trial *trial, json_t *result, int out, int error)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	dup2(error, STDERR_FILENO);
	log_open(LOG_SINK_JSON, "mailscanner", "mail");
	log_set_limit(LOG_WARNING);
	int status = run(trial, result);
	json_dumpfd(result, out, JSON_COMPACT);
	_exit(status);
}

/* Waits for the process, so many seconds (0: for ever), then ends it. False: it had to be ended. */
static bool
wait_for(pid_t pid, gint64 seconds, int *status)
{
	autofd process = (int)syscall(SYS_pidfd_open, pid, 0);
	struct pollfd ended = { .fd = process, .events = POLLIN };
	bool in_time = true;

	if (process >= 0 && seconds > 0)
		in_time = poll(&ended, 1, (int)MIN(seconds * 1000, G_MAXINT)) != 0;
	if (!in_time)
		kill(pid, SIGKILL);
	while (waitpid(pid, status, 0) < 0 && errno == EINTR)
		;
	return in_time;
}

/* All that is in it. The caller's. */
static char *
contents(int fd)
{
	GString *text = g_string_new(NULL);
	char buffer[8192];
	ssize_t n;

	lseek(fd, 0, SEEK_SET);
	while ((n = read(fd, buffer, sizeof buffer)) > 0)
		g_string_append_len(text, buffer, n);
	return g_string_free(text, FALSE);
}

/* A line of the log, or what something has printed on standard error. */
static json_t *
record_of(const char *line)
{
	json_t *json = json_loads(line, 0, NULL);
	const char *level, *text;
	json_t *record = json_unpack(json, "{s:s, s:s}", "level", &level, "text", &text) == 0
			     ? json_pack("{s:s, s:s}", "level", level, "text", text)
			     : json_pack("{s:n, s:o}", "level", "text", text_or_null(line));

	json_decref(json);
	return record;
}

/* Adds the lines of the log. An error in the function, which its language has told there, is its fault. */
static void
take_log(json_t *result, int fd, int *status)
{
	g_autofree char *text = contents(fd);
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	g_autofree char *prefix = g_strdup_printf(
	    "custom function %s: ", json_string_value(json_object_get(result, "function")));

	for (char **line = lines; *line != NULL; line++) {
		if (**line == '\0')
			continue;
		json_t *record = record_of(*line);
		const char *level = json_string_value(json_object_get(record, "level"));
		const char *said = json_string_value(json_object_get(record, "text"));

		if (*status == EX_OK && g_strcmp0(level, "err") == 0 &&
		    g_str_has_prefix(said, prefix)) {
			*status = EX_UNAVAILABLE;
			set_text(result, "fault", said + strlen(prefix));
		}
		json_array_append_new(json_object_get(result, "log"), record);
	}
}

/* What the child's end says. */
static int
judge_end(json_t *result, int ended, bool in_time)
{
	g_autofree char *fault = NULL;

	if (!in_time)
		fault = g_strdup_printf("it took longer than Batch Time Limit (%" G_GINT64_FORMAT
					" seconds), and was ended",
		    batch_time_limit_for(NULL));
	else if (WIFSIGNALED(ended))
		fault = g_strdup_printf("it ended the process: %s", strsignal(WTERMSIG(ended)));
	else
		fault = g_strdup_printf("it ended the process with status %d", WEXITSTATUS(ended));
	set_text(result, "fault", fault);
	return in_time ? EX_SOFTWARE : EX_UNAVAILABLE;
}

json_t *
trial_run(const struct trial *trial, int *status)
{
	json_t *result = result_new(trial);
	autofd out = memfd_create("result", MFD_CLOEXEC);
	autofd error = memfd_create("log", MFD_CLOEXEC);
	int ended;

	fflush(stdout);
	if (error >= 0)
		fcntl(error, F_SETFL, O_APPEND);
	pid_t pid = out >= 0 && error >= 0 ? fork() : -1;
	if (pid == 0)
		child(trial, result, out, error);
	if (pid < 0) {
		set_text(result, "fault", g_strerror(errno));
		*status = EX_OSERR;
		return result;
	}
	bool in_time = wait_for(pid, batch_time_limit_for(NULL), &ended);
	g_autofree char *text = contents(out);
	json_t *told = json_loads(text, 0, NULL);
	if (told != NULL && in_time && WIFEXITED(ended)) {
		json_decref(result);
		result = told;
		*status = WEXITSTATUS(ended);
	} else {
		json_decref(told);
		*status = judge_end(result, ended, in_time);
	}
	take_log(result, error, status);
	return result;
}
