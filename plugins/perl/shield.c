/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A few cheap system calls after each look-up: what has to be asked for is compared, so nothing is changed as a rule.
 */
#include "plugins/perl/shield.h"

#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <sys/stat.h>
#include <unistd.h>

#define STREAMS 3
#define ABOVE 100 /* copies of streams stay clear of the numbers that programs count on */

/* Those that workers handle, or leave to be handled. */
static const int signals[] = { SIGTERM, SIGHUP, SIGINT, SIGPIPE, SIGCHLD };
#define SIGNALS (sizeof signals / sizeof *signals)

static struct {
	pid_t process;
	mode_t mask;
	int copy[STREAMS]; /* -1: it was closed */
	struct stat stream[STREAMS];
	struct sigaction action[SIGNALS];
} before;

void
shield_start(void)
{
	before.process = getpid();
	before.mask = umask(0);
	umask(before.mask);
	for (int fd = 0; fd < STREAMS; fd++) {
		before.copy[fd] = fcntl(fd, F_DUPFD_CLOEXEC, ABOVE);
		if (before.copy[fd] >= 0 && fstat(fd, &before.stream[fd]) != 0)
			before.copy[fd] = -1;
	}
	for (size_t i = 0; i < SIGNALS; i++)
		sigaction(signals[i], NULL, &before.action[i]);
}

void
shield_stop(void)
{
	for (int fd = 0; fd < STREAMS; fd++) {
		if (before.copy[fd] >= 0)
			close(before.copy[fd]);
		before.copy[fd] = -1;
	}
}

static void
restore_stream(int fd)
{
	const struct stat *was = &before.stream[fd];
	struct stat now;

	if (before.copy[fd] < 0)
		return;
	if (fstat(fd, &now) == 0 && now.st_dev == was->st_dev && now.st_ino == was->st_ino)
		return;
	dup2(before.copy[fd], fd);
}

static void
restore_signal(size_t i)
{
	struct sigaction now;

	if (sigaction(signals[i], NULL, &now) == 0 && now.sa_handler != before.action[i].sa_handler)
		sigaction(signals[i], &before.action[i], NULL);
}

bool
shield_is_forked(void)
{
	return getpid() != before.process;
}

void
shield_restore(void)
{
	for (int fd = 0; fd < STREAMS; fd++)
		restore_stream(fd);
	for (size_t i = 0; i < SIGNALS; i++)
		restore_signal(i);
	umask(before.mask);
	alarm(0);
}
