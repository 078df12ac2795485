/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The worker's side. The process says that it is ready before it gets its first message, so whatever goes wrong until then is held
 * against no message; and one that was found dead before it took the message isn't, either.
 */
#include "core/read/reader.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/log/log.h"
#include "core/read/brief_json.h"
#include "core/read/contents.h"
#include "core/read/facts_json.h"
#include "core/read/frames.h"
#include "core/read/prepare.h"
#include "core/read/reader_process.h"
#include "rules/directives.h"
#include "spool/fd.h"

/* Seconds. The process ends a reading by itself when its time is over; this is for one that doesn't. */
#define GRACE 1
#define START_TIME 10

G_DEFINE_QUARK(reader_error, reader_error)

struct reader {
	bool local;
	pid_t pid;  /* 0: none */
	int socket; /* -1: none */
	bool ready; /* it has said so */
	struct frame frame;
	GString *text; /* of a request */
	GString *fields;
};

static bool G_GNUC_PRINTF(3, 4)
    fail(GError **error, enum reader_error code, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	g_autofree char *text = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	g_set_error_literal(error, READER_ERROR, (int)code, text);
	return false;
}

static bool
start_process(struct reader *reader, GError **error)
{
	pid_t worker = getpid();
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		return fail(error, READER_ERROR_SYSTEM, "socket: %s", g_strerror(errno));
	pid_t pid = fork();
	if (pid == 0)
		reader_process_run(ends[1], worker, (uint64_t)MAX(0, reader_memory_for(NULL)));
	close(ends[1]);
	if (pid < 0) {
		close(ends[0]);
		return fail(error, READER_ERROR_SYSTEM, "fork: %s", g_strerror(errno));
	}
	reader->pid = pid;
	reader->socket = ends[0];
	reader->ready = false;
	return true;
}

/* Ends the process, whatever it does; its status as waitpid() has it, -1 where that can't be had. */
static int
end_process(struct reader *reader)
{
	int status = -1;

	if (reader->pid > 0) {
		kill(reader->pid, SIGKILL);
		while (waitpid(reader->pid, &status, 0) < 0 && errno == EINTR)
			;
	}
	reader->pid = 0;
	fd_close(&reader->socket);
	return status;
}

struct reader *
reader_start(bool local, GError **error)
{
	struct reader *reader = g_new0(struct reader, 1);
	g_autoptr(GError) why = NULL;

	reader->local = local;
	reader->socket = -1;
	reader->text = g_string_new(NULL);
	reader->fields = g_string_new(NULL);
	frame_init(&reader->frame);
	if (local ? prepare_libraries(&why) : start_process(reader, &why))
		return reader;
	g_set_error(
	    error, G_SPAWN_ERROR, G_SPAWN_ERROR_FORK, "the reader process: %s", why->message);
	reader_stop(reader);
	return NULL;
}

void
reader_stop(struct reader *reader)
{
	if (reader == NULL)
		return;
	(void)end_process(reader);
	frame_clear(&reader->frame);
	g_string_free(reader->text, TRUE);
	g_string_free(reader->fields, TRUE);
	g_free(reader);
}

static gint64
deadline_in(unsigned seconds)
{
	return g_get_monotonic_time() + (gint64)seconds * G_USEC_PER_SEC;
}

/* A kernel without a wall is the postmaster's to know, but not each time that a process starts. */
static void
tell_lacks(const char *lacks)
{
	static bool told;

	if (*lacks == '\0' || told)
		return;
	told = true;
	log_line(LOG_WARNING,
	    "this kernel lacks %s: the process that opens messages is less confined", lacks);
}

/* Makes sure that there is a process that takes messages. */
static bool
await_process(struct reader *reader, GError **error)
{
	const struct frame *frame = &reader->frame;

	if (reader->pid == 0 && !start_process(reader, error))
		return false;
	if (reader->ready)
		return true;
	enum frame_end end = frame_take(reader->socket, &reader->frame, deadline_in(START_TIME));
	if (end == FRAME_DONE && frame->kind == FRAME_READY && frame->bytes->len == 0) {
		g_strchomp(reader->frame.text->str);
		tell_lacks(frame->text->str);
		reader->ready = true;
		return true;
	}
	(void)end_process(reader);
	return fail(error, READER_ERROR_SYSTEM, "the reader process could not start: %s",
	    end == FRAME_DONE && frame->bytes->len > 0 ? frame->bytes->str
						       : "it ended, or did not answer");
}

/* What a process died of. */
static bool
fail_by_status(GError **error, int status)
{
	if (status == -1 || !(WIFSIGNALED(status) || WIFEXITED(status)))
		return fail(error, READER_ERROR_DIED, "the reader process has gone");
	if (WIFEXITED(status))
		return fail(error, READER_ERROR_DIED, "the reader process ended with status %d",
		    WEXITSTATUS(status));
	int number = WTERMSIG(status);

	if (number == SIGXCPU)
		return fail(error, READER_ERROR_OVERRAN,
		    "the reader process used more time of the processor than it may");
	if (number == SIGSYS)
		return fail(error, READER_ERROR_DIED,
		    "the reader process asked the kernel for something that it may not (seccomp)");
	return fail(error, READER_ERROR_DIED, "the reader process was killed by signal %d (%s)",
	    number, strsignal(number));
}

/* The process is of no more use: why, and another one in its place. */
static bool
fail_by_end(struct reader *reader, enum frame_end end, GError **error)
{
	int number = errno, status = end_process(reader);

	switch (end) {
	case FRAME_DONE:
		break;
	case FRAME_CLOSED:
		fail_by_status(error, status);
		break;
	case FRAME_LATE:
		fail(error, READER_ERROR_OVERRAN, "the reader process was not done in time");
		break;
	case FRAME_ODD:
		fail(error, READER_ERROR_NONSENSE, "the reader process sent what is no answer");
		break;
	case FRAME_REFUSED:
		fail(error, READER_ERROR_SYSTEM, "the reader process: %s", g_strerror(number));
		break;
	}
	/* Where this fails, the next message tries it again. */
	(void)start_process(reader, NULL);
	return false;
}

/* One question, one answer, which is in reader->frame then. */
static bool
exchange(struct reader *reader, enum frame_kind kind, const int *fds, unsigned fd_count,
    unsigned seconds, GError **error)
{
	enum frame_end end = FRAME_CLOSED;
	gint64 deadline = deadline_in(seconds + GRACE);

	/* One that has died since its last answer can't have died of this message. */
	for (unsigned tries = 0; tries < 2 && end == FRAME_CLOSED; tries++) {
		if (tries > 0)
			(void)end_process(reader);
		if (!await_process(reader, error))
			return false;
		end = frame_put(reader->socket, kind, reader->text->str, reader->text->len,
		    reader->fields->str, reader->fields->len, fds, fd_count, deadline);
	}
	if (end == FRAME_DONE)
		end = frame_take(reader->socket, &reader->frame, deadline);
	if (end == FRAME_DONE &&
	    reader->frame.kind != (kind == FRAME_READ ? FRAME_FACTS : FRAME_WRITTEN))
		end = FRAME_ODD;
	if (end != FRAME_DONE)
		return fail_by_end(reader, end, error);
	if (reader->frame.bytes->len > 0)
		return fail(error, READER_ERROR_SYSTEM, "%s", reader->frame.bytes->str);
	return true;
}

/* The header as the reader counts it: the fields that the MTA has not deleted. */
static void
collect_fields(GString *fields, const struct message *message)
{
	const struct header_list *headers = message->entry->headers;

	g_string_truncate(fields, 0);
	for (size_t i = 0; i < header_list_count(headers); i++) {
		const struct header_field *field = header_list_at(headers, i);

		if (!field->deleted)
			g_string_append_len(fields, field->text, (gssize)field->length);
	}
}

/* Begins the text of a request, without its last brace, and collects what goes with it. */
static void
begin_request(struct reader *reader, const struct brief *brief, const struct message *message)
{
	const struct spool_entry *entry = message->entry;

	g_string_assign(reader->text, "{\"brief\":");
	brief_write(brief, reader->text);
	g_string_append_printf(reader->text,
	    ",\"offset\":%" G_GINT64_FORMAT ",\"size\":%" G_GUINT64_FORMAT,
	    (gint64)entry->body_offset, entry->body_size);
	collect_fields(reader->fields, message);
}

static struct source *
local_source(struct reader *reader, const struct message *message, GError **error)
{
	const struct spool_entry *entry = message->entry;
	g_autoptr(GError) why = NULL;

	collect_fields(reader->fields, message);
	struct source *source = source_new_mapped(reader->fields->str, reader->fields->len,
	    entry->body_fd, entry->body_offset, entry->body_size, &why);
	if (source == NULL)
		fail(error, READER_ERROR_SYSTEM, "%s", why->message);
	return source;
}

static bool
read_locally(
    struct reader *reader, const struct brief *brief, struct message *message, GError **error)
{
	struct source *source = local_source(reader, message, error);

	if (source == NULL)
		return false;
	message->facts = reading_run(brief, source);
	source_free(source);
	return true;
}

/* The size of the message as ranges count. */
static uint64_t
whole_size(const struct reader *reader, const struct message *message)
{
	return reader->fields->len + 1 + message->entry->body_size;
}

static struct facts *
believe(const struct reader *reader, const struct message *message, char **why)
{
	const GString *text = reader->frame.text;
	json_t *json = facts_load(text->str, text->len, why);
	struct facts *facts =
	    json != NULL ? facts_from_json(json, whole_size(reader, message), why) : NULL;

	json_decref(json);
	return facts;
}

bool
reader_read(struct reader *reader, struct message *message, GError **error)
{
	struct brief brief;
	g_autofree char *why = NULL;

	facts_free(g_steal_pointer(&message->facts));
	brief_for(&brief, message->subject);
	if (reader->local)
		return read_locally(reader, &brief, message, error);
	begin_request(reader, &brief, message);
	g_string_append_c(reader->text, '}');
	if (!exchange(reader, FRAME_READ, &message->entry->body_fd, 1, brief.seconds, error))
		return false;
	message->facts = believe(reader, message, &why);
	if (message->facts != NULL)
		return true;
	(void)fail_by_end(reader, FRAME_ODD, NULL);
	return fail(error, READER_ERROR_NONSENSE,
	    "the reader process sent facts that can't be believed: %s", why);
}

/* What is wanted of a message. */
struct wanted {
	enum content_form form;
	const unsigned *parts;
	const int *fds;
	bool *got;
	unsigned count;
};

static bool
contents_locally(struct reader *reader, const struct brief *brief, struct message *message,
    const struct wanted *wanted, GError **error)
{
	struct source *source = local_source(reader, message, error);

	if (source == NULL)
		return false;
	contents_write(
	    brief, source, wanted->form, wanted->parts, wanted->fds, wanted->got, wanted->count);
	source_free(source);
	return true;
}

static bool
some_contents(struct reader *reader, const struct brief *brief, struct message *message,
    const struct wanted *some, GError **error)
{
	int fds[FRAME_FDS_MAX] = { message->entry->body_fd };

	begin_request(reader, brief, message);
	g_string_append_printf(reader->text, ",\"form\":%d,\"parts\":[", (int)some->form);
	for (unsigned i = 0; i < some->count; i++) {
		fds[1 + i] = some->fds[i];
		g_string_append_printf(reader->text, "%s%u", i > 0 ? "," : "", some->parts[i]);
	}
	g_string_append(reader->text, "]}");
	if (!exchange(reader, FRAME_CONTENTS, fds, 1 + some->count, brief->seconds, error))
		return false;
	const GString *digits = reader->frame.text;
	if (digits->len != some->count || strspn(digits->str, "01") != some->count)
		return fail_by_end(reader, FRAME_ODD, error);
	for (unsigned i = 0; i < some->count; i++)
		some->got[i] = digits->str[i] == '1';
	return true;
}

bool
reader_contents(struct reader *reader, struct message *message, enum content_form form,
    const unsigned *parts, const int *fds, bool *got, unsigned count, GError **error)
{
	struct brief brief;
	struct wanted all = {
		.form = form, .parts = parts, .fds = fds, .got = got, .count = count
	};

	memset(got, 0, count * sizeof *got);
	brief_for(&brief, message->subject);
	if (reader->local)
		return contents_locally(reader, &brief, message, &all, error);
	for (unsigned at = 0; at < count; at += FRAME_FDS_MAX - 1) {
		struct wanted some = {
			.form = form,
			.parts = parts + at,
			.fds = fds + at,
			.got = got + at,
			.count = MIN(count - at, FRAME_FDS_MAX - 1),
		};

		if (!some_contents(reader, &brief, message, &some, error))
			return false;
	}
	return true;
}
