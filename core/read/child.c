/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The process says that it is ready before it gets its first message, so whatever goes wrong until then is held against no message; and
 * one that was found dead before it took the message isn't, either.
 */
#include "core/read/child.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/log/log.h"
#include "core/read/reader_error.h"
#include "core/read/reader_process.h"
#include "rules/directives.h"
#include "spool/fd.h"

/* Seconds. The process ends a reading by itself when its time is over; this is for one that doesn't. */
#define GRACE 1
#define START_TIME 10

G_DEFINE_QUARK(reader_error, reader_error)

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

bool
child_start(struct child *child, GError **error)
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
	child->pid = pid;
	child->socket = ends[0];
	child->ready = false;
	child->waiting = false;
	g_string_truncate(child->known, 0);
	return true;
}

/* Ends the process, whatever it does; its status as waitpid() has it, -1 where that can't be had. */
static int
end_process(struct child *child)
{
	int status = -1;

	if (child->pid > 0) {
		kill(child->pid, SIGKILL);
		while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR)
			;
	}
	child->pid = 0;
	child->waiting = false;
	fd_close(&child->socket);
	return status;
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
await_process(struct child *child, GError **error)
{
	const struct frame *frame = &child->frame;

	if (child->pid == 0 && !child_start(child, error))
		return false;
	if (child->ready)
		return true;
	enum frame_end end = frame_take(child->socket, &child->frame, deadline_in(START_TIME));
	if (end == FRAME_DONE && frame->kind == FRAME_READY && frame->bytes->len == 0) {
		g_strchomp(child->frame.text->str);
		tell_lacks(frame->text->str);
		child->ready = true;
		return true;
	}
	(void)end_process(child);
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
fail_by_end(struct child *child, enum frame_end end, GError **error)
{
	int number = errno, status = end_process(child);

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
	(void)!child_start(child, NULL);
	return false;
}

/* Sends a request, with the brief where the process has another one. */
static enum frame_end
send_request(struct child *child, enum frame_kind kind, const int *fds, unsigned fd_count)
{
	g_autoptr(GString) text = g_string_new("{");
	bool known = g_string_equal(child->brief, child->known);

	if (!known)
		g_string_append_printf(text, "\"brief\":%s,", child->brief->str);
	g_string_append_len(text, child->request->str, (gssize)child->request->len);
	enum frame_end end = frame_put(child->socket, kind, text->str, text->len,
	    child->fields->str, child->fields->len, fds, fd_count, child->deadline);

	if (end == FRAME_DONE && !known)
		g_string_assign(child->known, child->brief->str);
	return end;
}

bool
child_ask(struct child *child, enum frame_kind kind, const int *fds, unsigned fd_count,
    unsigned seconds, GError **error)
{
	enum frame_end end = FRAME_CLOSED;

	child->deadline = deadline_in(seconds + GRACE);
	/* One that has died since its last answer can't have died of this message. */
	for (unsigned tries = 0; tries < 2 && end == FRAME_CLOSED; tries++) {
		if (tries > 0)
			(void)end_process(child);
		if (!await_process(child, error))
			return false;
		end = send_request(child, kind, fds, fd_count);
	}
	child->waiting = end == FRAME_DONE;
	return child->waiting || fail_by_end(child, end, error);
}

bool
child_take(struct child *child, enum frame_kind kind, GError **error)
{
	enum frame_end end = frame_take(child->socket, &child->frame, child->deadline);

	child->waiting = false;
	if (end == FRAME_DONE && child->frame.kind != kind)
		end = FRAME_ODD;
	if (end != FRAME_DONE)
		return fail_by_end(child, end, error);
	if (child->frame.bytes->len > 0)
		return fail(error, READER_ERROR_SYSTEM, "%s", child->frame.bytes->str);
	return true;
}

bool
child_refuse(struct child *child, GError **error, const char *why)
{
	if (why == NULL)
		return fail_by_end(child, FRAME_ODD, error);
	(void)fail_by_end(child, FRAME_DONE, NULL);
	return fail(error, READER_ERROR_NONSENSE,
	    "the reader process sent facts that can't be believed: %s", why);
}

void
child_init(struct child *child)
{
	*child = (struct child){ .socket = -1 };
	child->brief = g_string_new(NULL);
	child->known = g_string_new(NULL);
	child->request = g_string_new(NULL);
	child->fields = g_string_new(NULL);
	frame_init(&child->frame);
}

void
child_clear(struct child *child)
{
	(void)end_process(child);
	frame_clear(&child->frame);
	g_string_free(child->brief, TRUE);
	g_string_free(child->known, TRUE);
	g_string_free(child->request, TRUE);
	g_string_free(child->fields, TRUE);
}
