/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A timer that is armed and disarmed costs two system calls a look-up; the clock that it runs by is looked at again when its
 * signal is handled, since a signal may be pending from the call before.
 */
#include "plugins/perl/guard.h"

#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SIGNAL 40
#define AGAIN 200000000 /* nanoseconds until a script that caught the first one gets another */

static struct {
	timer_t timer;
	bool made, was_overdue;
	unsigned depth;
	int64_t deadline; /* milliseconds; 0: none */
} guard;

static int64_t
now(void)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	return (int64_t)at.tv_sec * 1000 + at.tv_nsec / 1000000;
}

static bool
make_timer(void)
{
	struct sigevent event;

	if (guard.made)
		return true;
	memset(&event, 0, sizeof event);
	event.sigev_notify = SIGEV_SIGNAL;
	event.sigev_signo = SIGNAL;
	guard.made = timer_create(CLOCK_MONOTONIC, &event, &guard.timer) == 0;
	return guard.made;
}

static void
arm(unsigned seconds)
{
	struct itimerspec span = { .it_value = { .tv_sec = seconds } };

	if (seconds > 0)
		span.it_interval.tv_nsec = AGAIN;
	if (make_timer())
		timer_settime(guard.timer, 0, &span, NULL);
}

void
guard_begin(unsigned seconds)
{
	if (guard.depth++ > 0)
		return;
	guard.was_overdue = false;
	guard.deadline = seconds > 0 ? now() + (int64_t)seconds * 1000 : 0;
	if (seconds > 0)
		arm(seconds);
}

void
guard_end(void)
{
	if (--guard.depth > 0)
		return;
	guard.was_overdue = guard.deadline > 0 && now() >= guard.deadline;
	if (guard.deadline > 0)
		arm(0);
	guard.deadline = 0;
}

bool
guard_overdue(void)
{
	return guard.depth > 0 && guard.deadline > 0 && now() >= guard.deadline;
}

bool
guard_was_overdue(void)
{
	return guard.was_overdue;
}
