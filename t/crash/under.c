/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs a command with t/shim/fault.c before its libc, and stays until the last process that came of
 * it is gone: as the subreaper of them all it gets those that lost their parent, so "killed" means
 * all of them, and nothing of one run can reach into the next. What happened is printed on one
 * line:
 *
 *	OUTCOME CALLS WHAT
 *
 * OUTCOME: "exit:STATUS", "signal:NUMBER", "killed" (by us, at the call asked for) or "hang".
 * CALLS: how many were counted. WHAT: the call that was struck, "-" when it was not reached or could
 * not fail in the way asked for.
 */
#include "t/crash/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

struct options {
	const char *scope;
	const char *shim;
	const char *trace;
	const char *inodes;
	const char *mode;
	const char *error;
	const char *kinds;
	int at;
	int seconds;
};

static const struct {
	const char *name;
	int value;
} words[] = {
	{ "count", FAULT_COUNT },
	{ "kill-before", FAULT_KILL_BEFORE },
	{ "kill-after", FAULT_KILL_AFTER },
	{ "kill-one", FAULT_KILL_ONE },
	{ "fail", FAULT_FAIL },
	{ "fail-from", FAULT_FAIL_FROM },
	{ "changes", FAULT_CHANGES | FAULT_SYNC },
	{ "all", FAULT_ALL },
	{ "short", 0 },
	{ "EIO", EIO },
	{ "EINTR", EINTR },
	{ "EMFILE", EMFILE },
	{ "ENOSPC", ENOSPC },
};

static int
value_of(const char *word)
{
	for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
		if (strcmp(words[i].name, word) == 0)
			return words[i].value;
	g_printerr("under: no such word: %s\n", word);
	exit(EX_USAGE);
}

static void
put_path(char room[PATH_MAX], const char *path)
{
	if (path != NULL)
		g_strlcpy(room, path, PATH_MAX);
}

/* The file is gone from its directory once the program's processes are: under() removes it. */
static struct fault_control *
control_new(const struct options *options, const char *path)
{
	g_autofree char *scope = realpath(options->scope, NULL);
	pthread_mutexattr_t shared;
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (scope == NULL || fd < 0 || ftruncate(fd, sizeof(struct fault_control)) != 0)
		g_error("%s: %s", scope == NULL ? options->scope : path, g_strerror(errno));
	struct fault_control *control =
	    mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (control == MAP_FAILED)
		g_error("mmap: %s", g_strerror(errno));
	put_path(control->scope, scope);
	put_path(control->trace, options->trace);
	put_path(control->inodes, options->inodes);
	control->kinds = (unsigned)value_of(options->kinds);
	control->mode = (enum fault_mode)value_of(options->mode);
	control->error = value_of(options->error);
	control->at = (unsigned long)options->at;
	control->watcher = getpid();
	strcpy(control->what, "-");
	pthread_mutexattr_init(&shared);
	pthread_mutexattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
	pthread_mutexattr_setrobust(&shared, PTHREAD_MUTEX_ROBUST);
	pthread_mutex_init(&control->lock, &shared);
	return control;
}

/* The names of this file's children, from the kernel; they are ours until we wait for them. */
static void
kill_children(void)
{
	g_autofree char *path = g_strdup_printf("/proc/self/task/%d/children", (int)getpid());
	g_autofree char *text = NULL;

	if (!g_file_get_contents(path, &text, NULL, NULL))
		g_error("%s can't be read", path);
	for (char *rest = text, *end; strtol(rest, &end, 10) > 0; rest = end)
		kill((pid_t)strtol(rest, NULL, 10), SIGKILL);
}

static pid_t
start(char **command, const char *shim, const char *control_path)
{
	pid_t child = fork();

	if (child != 0)
		return child;
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setsid();
	setenv("LD_PRELOAD", shim, 1);
	setenv("FAULT_CONTROL", control_path, 1);
	/* The sanitizers want to be first, but work as well behind us. */
	setenv("ASAN_OPTIONS", "verify_asan_link_order=0:detect_leaks=0", 1);
	execvp(command[0], command);
	fprintf(stderr, "under: %s: %s\n", command[0], strerror(errno));
	_exit(127);
}

/* Waits for all descendants. Returns the command's own status; `hang` when time ran out. */
static int
wait_for_all(pid_t command, const struct fault_control *control, int seconds, const sigset_t *set,
    bool *hang)
{
	gint64 deadline = g_get_monotonic_time() + seconds * G_TIME_SPAN_SECOND;
	int status = 0, command_status = 0;

	for (;;) {
		pid_t pid = waitpid(-1, &status, WNOHANG);

		if (pid < 0)
			return command_status;
		if (pid == command)
			command_status = status;
		if (pid > 0)
			continue;
		gint64 left = deadline - g_get_monotonic_time();
		*hang = *hang || left <= 0;
		if (*hang || atomic_load(&control->dead))
			kill_children();
		if (left < 10000)
			left = 10000;
		struct timespec patience = { left / G_USEC_PER_SEC,
			(left % G_USEC_PER_SEC) * 1000 };
		sigtimedwait(set, NULL, &patience);
	}
}

static void
report(const struct fault_control *control, int status, bool hang)
{
	if (atomic_load(&control->dead))
		printf("killed");
	else if (hang)
		printf("hang");
	else if (WIFSIGNALED(status))
		printf("signal:%d", WTERMSIG(status));
	else
		printf("exit:%d", WEXITSTATUS(status));
	printf(" %lu %s\n", control->calls, control->what);
}

int
main(int argc, char **argv)
{
	static struct options options = {
		.mode = "count", .error = "EIO", .kinds = "changes", .seconds = 30
	};
	const GOptionEntry entries[] = { { "scope", 0, 0, G_OPTION_ARG_FILENAME, &options.scope,
					     "count calls below", "DIRECTORY" },
		{ "shim", 0, 0, G_OPTION_ARG_FILENAME, &options.shim, "preload this", "FILE" },
		{ "trace", 0, 0, G_OPTION_ARG_FILENAME, &options.trace, "write calls down",
		    "FILE" },
		{ "inodes", 0, 0, G_OPTION_ARG_FILENAME, &options.inodes, "inode numbers to show",
		    "FILE" },
		{ "mode", 0, 0, G_OPTION_ARG_STRING, &options.mode,
		    "count, kill-before, kill-after, kill-one, fail, fail-from", "MODE" },
		{ "error", 0, 0, G_OPTION_ARG_STRING, &options.error,
		    "short, EIO, EINTR, EMFILE, ENOSPC", "NAME" },
		{ "kinds", 0, 0, G_OPTION_ARG_STRING, &options.kinds, "changes, all", "KINDS" },
		{ "at", 0, 0, G_OPTION_ARG_INT, &options.at, "at which call", "N" },
		{ "seconds", 0, 0, G_OPTION_ARG_INT, &options.seconds, "until it counts as hanging",
		    "N" },
		G_OPTION_ENTRY_NULL };
	g_autoptr(GOptionContext) context = g_option_context_new("[--] COMMAND...");
	g_autoptr(GError) error = NULL;
	bool hang = false;
	sigset_t set;

	g_option_context_add_main_entries(context, entries, NULL);
	g_option_context_set_strict_posix(context, TRUE);
	if (!g_option_context_parse(context, &argc, &argv, &error) || argc < 2 || !options.scope ||
	    !options.shim) {
		g_printerr(
		    "under: %s\n", error != NULL ? error->message : "no command, scope or shim");
		return EX_USAGE;
	}
	char **command = argv + (strcmp(argv[1], "--") == 0 ? 2 : 1);
	g_autofree char *path = g_strdup_printf("%s.control.%d", options.scope, (int)getpid());
	struct fault_control *control = control_new(&options, path);

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	int status =
	    wait_for_all(start(command, options.shim, path), control, options.seconds, &set, &hang);
	unlink(path);
	report(control, status, hang);
	return 0;
}
