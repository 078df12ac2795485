/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Preloaded: faults in the process that reads mail, which alone receives by recvmsg(). What a message says in "X-Reader: WORD"
 * happens as soon as it has been received: "crash", "kill" (as by somebody from outside), "hang", "exit", "open", "socket"
 * (which seccomp answers), "nonsense" and "lie" (well-formed, but it can't be). With READER_OLD_KERNEL in the environment there is neither Landlock nor seccomp.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#define MARK "X-Reader: "

static void
crash(int socket)
{
	(void)socket;
	raise(SIGSEGV);
}

static void
die(int socket)
{
	(void)socket;
	raise(SIGKILL);
}

static void
hang(int socket)
{
	(void)socket;
	for (;;)
		poll(NULL, 0, -1);
}

static void
leave(int socket)
{
	(void)socket;
	_exit(3);
}

static void
open_file(int socket)
{
	(void)socket;
	/* Refused; that it was not is to show. */
	if (open("/etc/passwd", O_RDONLY) >= 0)
		_exit(4);
}

static void
open_socket(int unused)
{
	(void)unused;
	if (socket(AF_INET, SOCK_DGRAM, 0) >= 0)
		_exit(5);
}

static void
say(int socket, uint32_t kind, const char *text)
{
	struct {
		uint32_t kind, text;
		uint64_t bytes;
	} prefix = { kind, (uint32_t)strlen(text), 0 };

	if (write(socket, &prefix, sizeof prefix) < 0 || write(socket, text, strlen(text)) < 0)
		_exit(6);
}

static void
talk_nonsense(int socket)
{
	if (write(socket, "I am quite well, thank you.\n", 28) < 0)
		_exit(6);
	hang(socket);
}

static void
lie(int socket)
{
	say(socket, 3, "{\"readings\":1,\"parts\":[{\"parent\":-1,\"body_end\":1000000000000}]}");
	hang(socket);
}

static const struct {
	const char *word;
	void (*act)(int socket);
} faults[] = {
	{ "crash", crash },
	{ "kill", die },
	{ "hang", hang },
	{ "exit", leave },
	{ "open", open_file },
	{ "socket", open_socket },
	{ "nonsense", talk_nonsense },
	{ "lie", lie },
};

ssize_t
recvmsg(int socket, struct msghdr *message, int flags)
{
	ssize_t (*real)(int, struct msghdr *, int) = dlsym(RTLD_NEXT, "recvmsg");
	ssize_t n = real(socket, message, flags);
	const char *mark =
	    n > 0 ? memmem(message->msg_iov->iov_base, (size_t)n, MARK, strlen(MARK)) : NULL;

	for (size_t i = 0; mark != NULL && i < sizeof faults / sizeof *faults; i++) {
		if (strncmp(mark + strlen(MARK), faults[i].word, strlen(faults[i].word)) == 0)
			faults[i].act(socket);
	}
	return n;
}

static bool
is_old(void)
{
	return getenv("READER_OLD_KERNEL") != NULL;
}

long
syscall(long number, ...)
{
	long (*real)(long, ...) = dlsym(RTLD_NEXT, "syscall");
	long values[6];
	va_list list;

	if (number == SYS_landlock_create_ruleset && is_old()) {
		errno = ENOSYS;
		return -1;
	}
	va_start(list, number);
	for (size_t i = 0; i < sizeof values / sizeof *values; i++)
		values[i] = va_arg(list, long);
	va_end(list);
	return real(number, values[0], values[1], values[2], values[3], values[4], values[5]);
}

int
prctl(int option, ...)
{
	int (*real)(int, ...) = dlsym(RTLD_NEXT, "prctl");
	unsigned long values[4];
	va_list list;

	if (option == PR_GET_SECCOMP && is_old()) {
		errno = EINVAL;
		return -1;
	}
	va_start(list, option);
	for (size_t i = 0; i < sizeof values / sizeof *values; i++)
		values[i] = va_arg(list, unsigned long);
	va_end(list);
	return real(option, values[0], values[1], values[2], values[3]);
}
