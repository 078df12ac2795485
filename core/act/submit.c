/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text in and last words out go through memory files, not pipes: a program that reads nothing, says
 * too much or leaves a child behind can neither block us nor break us with SIGPIPE. The file for its
 * words is sealed at its size, so it can't be made to grow. The end is waited for on a pidfd, which
 * takes a time limit and no signal handler. The program is started by posix_spawn(), which shares our
 * memory until it runs: a fork() copies the tables of all of it.
 */
#include "core/act/submit.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gio/gio.h>

#include "spool/fd.h"

/* Bytes of the program's complaints that an error text can quote. */
#define LAST_WORDS_MAX 1024

static bool
io_fail(GError **error, const char *what)
{
	int number = errno;

	g_set_error(error, G_IO_ERROR, (int)g_io_error_from_errno(number), "%s: %s", what,
	    g_strerror(number));
	return false;
}

static int
memory_file(const char *text, size_t length, GError **error)
{
	autofd fd = memfd_create("mailscanner", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0) {
		io_fail(error, "create a memory file");
		return -1;
	}
	while (length > 0) {
		ssize_t n = write(fd, text, length);

		if (n < 0) {
			io_fail(error, "write a memory file");
			return -1;
		}
		text += n;
		length -= (size_t)n;
	}
	if (lseek(fd, 0, SEEK_SET) != 0) {
		io_fail(error, "rewind a memory file");
		return -1;
	}
	return fd_steal(&fd);
}

static int
last_words_file(GError **error)
{
	static const char empty[LAST_WORDS_MAX];
	autofd fd = memory_file(empty, sizeof empty, error);

	if (fd >= 0 && fcntl(fd, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK) != 0) {
		io_fail(error, "seal a memory file");
		return -1;
	}
	return fd_steal(&fd);
}

static char **
arguments_for(
    const char *command, const char *sender, const char *const *recipients, GError **error)
{
	static const char *const options[] = { "-oi", "-oem", "-F", "MailScanner", "-f" };
	char **words = NULL;

	if (!g_shell_parse_argv(command, NULL, &words, error))
		return NULL;
	g_autoptr(GStrvBuilder) all = g_strv_builder_new();

	g_strv_builder_addv(all, (const char **)words);
	g_strfreev(words);
	for (size_t i = 0; i < G_N_ELEMENTS(options); i++)
		g_strv_builder_add(all, options[i]);
	g_strv_builder_add(all, sender);
	g_strv_builder_add(all, "--");
	g_strv_builder_addv(all, (const char **)recipients);
	return g_strv_builder_end(all);
}

/* A process group of its own, so that all of it can be killed; no blocked signals, and none that we ignore. */
static int
attributes_for(posix_spawnattr_t *attributes)
{
	static const int ours[] = { SIGPIPE, SIGINT, SIGHUP, SIGTERM };
	sigset_t none, usual;

	sigemptyset(&none);
	sigemptyset(&usual);
	for (size_t i = 0; i < G_N_ELEMENTS(ours); i++)
		sigaddset(&usual, ours[i]);
	int failed = posix_spawnattr_init(attributes);

	if (failed != 0)
		return failed;
	posix_spawnattr_setpgroup(attributes, 0);
	posix_spawnattr_setsigmask(attributes, &none);
	posix_spawnattr_setsigdefault(attributes, &usual);
	return posix_spawnattr_setflags(
	    attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

/* Starts the program with nothing open but these. 0, or an error number. */
static int
spawn(char **arguments, int input, int complaints, pid_t *pid)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	int failed = attributes_for(&attributes);

	if (failed == 0)
		failed = posix_spawn_file_actions_init(&files);
	if (failed != 0)
		return failed;
	failed = posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
	if (failed == 0)
		failed = posix_spawn_file_actions_addopen(
		    &files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	if (failed == 0)
		failed = posix_spawn_file_actions_adddup2(&files, complaints, STDERR_FILENO);
	if (failed == 0)
		failed = posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
	if (failed == 0)
		failed = posix_spawnp(pid, arguments[0], &files, &attributes, arguments, environ);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attributes);
	return failed;
}

static void
lose_sight(GError **error)
{
	g_set_error(
	    error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "wait for the end: %s", g_strerror(errno));
}

/* Waits for the end; kills at the limit. The status, or -1 with `error` set. */
static int
await_end(pid_t pid, unsigned seconds, GError **error)
{
	autofd end = pidfd_open(pid, 0);
	struct pollfd wanted = { .fd = end, .events = POLLIN };
	gint64 limit = g_get_monotonic_time() + seconds * G_TIME_SPAN_SECOND;
	int ready, status;

	do {
		gint64 left = MAX(limit - g_get_monotonic_time(), 0) / 1000;

		ready = end < 0 ? -1 : poll(&wanted, 1, (int)left);
	} while (ready < 0 && end >= 0 && errno == EINTR);
	if (ready <= 0) {
		if (ready == 0)
			g_set_error(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
			    "not done after %u seconds", seconds);
		else
			lose_sight(error);
		kill(-pid, SIGKILL);
	}
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR) {
			g_clear_error(error);
			lose_sight(error);
			return -1;
		}
	}
	return ready > 0 ? status : -1;
}

static char *
last_words(int fd)
{
	char words[LAST_WORDS_MAX + 1];
	ssize_t n = pread(fd, words, LAST_WORDS_MAX, 0);

	words[MAX(n, 0)] = '\0';
	return submit_header_value(words);
}

static bool
run(char **arguments, const char *text, size_t length, unsigned seconds, GError **error)
{
	autofd input = memory_file(text, length, error);
	autofd complaints = input < 0 ? -1 : last_words_file(error);
	pid_t pid;

	if (complaints < 0)
		return false;
	int failed = spawn(arguments, input, complaints, &pid);

	if (failed != 0) {
		errno = failed;
		return io_fail(error, "it can't be started");
	}
	int status = await_end(pid, seconds, error);

	if (status != -1 && g_spawn_check_wait_status(status, error))
		return true;
	g_autofree char *words = last_words(complaints);

	if (*words != '\0')
		g_prefix_error(error, "%s: ", words);
	return false;
}

static bool
submit(unsigned seconds, const char *command, const char *sender, const char *const *recipients,
    const char *text, size_t length, GError **error)
{
	g_auto(GStrv) arguments = arguments_for(command, sender, recipients, error);

	if (arguments != NULL && run(arguments, text, length, seconds, error))
		return true;
	g_prefix_error(error, "%s: ", arguments != NULL ? arguments[0] : command);
	return false;
}

bool
submit_may_have_gone(const GError *error)
{
	return g_error_matches(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT) ||
	       g_error_matches(error, G_SPAWN_ERROR, G_SPAWN_ERROR_FAILED);
}

bool
submit_mail_within(unsigned seconds, const char *command, const char *sender,
    const char *const *recipients, const char *text, GError **error)
{
	return submit(seconds, command, sender, recipients, text, strlen(text), error);
}

bool
submit_mail(const char *command, const char *sender, const char *const *recipients,
    const char *text, GError **error)
{
	return submit_mail_within(SUBMIT_SECONDS, command, sender, recipients, text, error);
}

char *
submit_header_value(const char *value)
{
	GString *clean = g_string_new(NULL);
	bool gap = false;

	for (const char *c = value; *c != '\0'; c++) {
		if (g_ascii_iscntrl(*c) || *c == ' ') {
			gap = clean->len > 0;
			continue;
		}
		if (gap)
			g_string_append_c(clean, ' ');
		gap = false;
		g_string_append_c(clean, *c);
	}
	return g_string_free(clean, FALSE);
}
