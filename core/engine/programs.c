/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A call that takes long is never stopped: an MTA that is killed between a delivery and its note of it delivers again. It is
 * let go instead: nobody waits for it any more, and others may start beside it.
 *
 * Commands are argument vectors, split once by shell quoting rules but never given to a shell: ids come from file names.
 */
#include "core/engine/programs.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/log/log.h"
#include "rules/directives.h"

struct call {
	char *command;
	char *queue;
	GPtrArray *ids;
	int owner;
	pid_t pid; /* 0: waits for its turn */
	gint64 deadline;
	bool let_go; /* took longer than Kick Timeout */
};

struct programs {
	GPtrArray *calls; /* of struct call, in order */
};

static void
call_free(void *data)
{
	struct call *call = data;

	g_free(call->command);
	g_free(call->queue);
	g_ptr_array_unref(call->ids);
	g_free(call);
}

struct programs *
programs_new(void)
{
	struct programs *programs = g_new0(struct programs, 1);

	programs->calls = g_ptr_array_new_with_free_func(call_free);
	return programs;
}

void
programs_free(struct programs *programs)
{
	if (programs == NULL)
		return;
	g_ptr_array_unref(programs->calls);
	g_free(programs);
}

static char **
argument_vector(const struct call *call, GError **error)
{
	g_auto(GStrv) words = NULL;
	GPtrArray *all = g_ptr_array_new();

	if (!g_shell_parse_argv(call->command, NULL, &words, error)) {
		g_ptr_array_unref(all);
		return NULL;
	}
	for (char **word = words; *word != NULL; word++)
		g_ptr_array_add(all, g_strdup(*word));
	g_ptr_array_add(all, g_strdup("-Mc"));
	for (unsigned i = 0; i < call->ids->len; i++)
		g_ptr_array_add(all, g_strdup(g_ptr_array_index(call->ids, i)));
	g_ptr_array_add(all, NULL);
	return (char **)g_ptr_array_free(all, FALSE);
}

static int
spawn(pid_t *pid, char **arguments)
{
	posix_spawnattr_t attributes;
	posix_spawn_file_actions_t files;
	sigset_t none, all;

	sigemptyset(&none);
	sigfillset(&all);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &all);
	posix_spawnattr_setpgroup(&attributes, 0);
	posix_spawnattr_setflags(
	    &attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	int number = posix_spawnp(pid, arguments[0], &files, &attributes, arguments, environ);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attributes);
	return number;
}

/* False when the call can't be made: the MTA's queue runner will deliver. */
static bool
start(struct call *call)
{
	g_autoptr(GError) error = NULL;
	g_auto(GStrv) arguments = argument_vector(call, &error);
	int number = arguments != NULL ? spawn(&call->pid, arguments) : 0;

	if (arguments != NULL && number == 0) {
		call->deadline = g_get_monotonic_time() + kick_timeout_for(NULL) * G_USEC_PER_SEC;
		return true;
	}
	call->pid = 0;
	log_line(LOG_WARNING, "Sendmail2 %s: %s; %u messages wait for the queue runner of %s",
	    call->command, error != NULL ? error->message : g_strerror(number), call->ids->len,
	    call->queue);
	return false;
}

/* How many run for this queue: of those that somebody waits for, or of those that were let go. */
static unsigned
running(const struct programs *programs, const char *queue, bool let_go)
{
	unsigned n = 0;

	for (unsigned i = 0; i < programs->calls->len; i++) {
		const struct call *call = g_ptr_array_index(programs->calls, i);

		n += call->pid != 0 && call->let_go == let_go && strcmp(call->queue, queue) == 0;
	}
	return n;
}

static void
leave_to_queue_runner(const struct call *call)
{
	log_line(LOG_INFO, "%u messages in %s are left to the queue runner", call->ids->len,
	    call->queue);
}

static void
start_what_may(struct programs *programs)
{
	for (unsigned i = 0; i < programs->calls->len;) {
		struct call *call = g_ptr_array_index(programs->calls, i);
		bool stuck = running(programs, call->queue, true) >= KICK_SLOW;

		if (call->pid != 0 ||
		    (!stuck && running(programs, call->queue, false) >= KICK_RUNNING)) {
			i++;
			continue;
		}
		if (stuck)
			leave_to_queue_runner(call);
		if (!stuck && start(call))
			i++;
		else
			g_ptr_array_remove_index(programs->calls, i);
	}
}

/* A call that waits and has room takes further ids. */
static struct call *
open_call(struct programs *programs, const struct kick *kick, int owner)
{
	for (unsigned i = 0; i < programs->calls->len; i++) {
		struct call *call = g_ptr_array_index(programs->calls, i);

		if (call->pid == 0 && call->owner == owner && call->ids->len < KICK_IDS &&
		    strcmp(call->queue, kick->queue) == 0 &&
		    strcmp(call->command, kick->command) == 0)
			return call;
	}
	struct call *call = g_new0(struct call, 1);

	call->command = g_strdup(kick->command);
	call->queue = g_strdup(kick->queue);
	call->ids = g_ptr_array_new_with_free_func(g_free);
	call->owner = owner;
	g_ptr_array_add(programs->calls, call);
	return call;
}

void
programs_kick(struct programs *programs, const struct kick *kick, int owner)
{
	/* A kick that someone waits for is one of few: workers make no other before it has ended. */
	if (owner < 0 && programs->calls->len >= KICK_WAITING / KICK_IDS) {
		log_line(LOG_INFO, "%u messages in %s are left to the queue runner", kick->ids->len,
		    kick->queue);
		return;
	}
	for (unsigned i = 0; i < kick->ids->len; i++)
		g_ptr_array_add(open_call(programs, kick, owner)->ids,
		    g_strdup(g_ptr_array_index(kick->ids, i)));
	start_what_may(programs);
}

bool
programs_ended(struct programs *programs, pid_t pid, int status)
{
	for (unsigned i = 0; i < programs->calls->len; i++) {
		struct call *call = g_ptr_array_index(programs->calls, i);

		if (call->pid != pid)
			continue;
		if (status != 0)
			log_line(LOG_WARNING, "Sendmail2 %s for %s %s %d", call->command,
			    call->queue,
			    WIFSIGNALED(status) ? "was ended by signal" : "ended with status",
			    WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
		g_ptr_array_remove_index(programs->calls, i);
		start_what_may(programs);
		return true;
	}
	return false;
}

gint64
programs_expire(struct programs *programs, gint64 now)
{
	gint64 next = G_MAXINT64;
	bool room = false;

	for (unsigned i = 0; i < programs->calls->len; i++) {
		struct call *call = g_ptr_array_index(programs->calls, i);

		if (call->pid == 0 || call->let_go)
			continue;
		if (call->deadline > now) {
			next = MIN(next, call->deadline);
			continue;
		}
		log_line(LOG_NOTICE,
		    "Sendmail2 %s for %s takes longer than Kick Timeout; it goes on, and nothing "
		    "waits for it",
		    call->command, call->queue);
		call->let_go = room = true;
	}
	if (!room)
		return next;
	start_what_may(programs);
	return now;
}

unsigned
programs_busy(const struct programs *programs)
{
	unsigned n = 0;

	for (unsigned i = 0; i < programs->calls->len; i++)
		n += !((struct call *)g_ptr_array_index(programs->calls, i))->let_go;
	return n;
}

unsigned
programs_busy_for(const struct programs *programs, int owner)
{
	unsigned n = 0;

	for (unsigned i = 0; i < programs->calls->len; i++) {
		const struct call *call = g_ptr_array_index(programs->calls, i);

		n += call->owner == owner && !call->let_go;
	}
	return n;
}
