/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Preloaded: a message whose bytes hold "X-Poison: die" ends the process that reads it, one with
 * "X-Poison: hang" makes it wait for ever, after it has made the file that POISON_MARK names. So a
 * test has a message that no worker survives.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#define DIE "X-Poison: die"
#define HANG "X-Poison: hang"

static ssize_t
taste(const void *bytes, ssize_t n)
{
	if (n > 0 && memmem(bytes, (size_t)n, DIE, strlen(DIE)) != NULL)
		raise(SIGSEGV);
	if (n > 0 && memmem(bytes, (size_t)n, HANG, strlen(HANG)) != NULL) {
		const char *mark = getenv("POISON_MARK");

		if (mark != NULL)
			close(open(mark, O_WRONLY | O_CREAT, 0600));
		for (;;)
			pause();
	}
	return n;
}

ssize_t pread64(int fd, void *bytes, size_t n, off64_t offset);
ssize_t pread(int fd, void *bytes, size_t n, off_t offset);

ssize_t
pread64(int fd, void *bytes, size_t n, off64_t offset)
{
	ssize_t (*real)(int, void *, size_t, off64_t) = dlsym(RTLD_NEXT, "pread64");

	return taste(bytes, real(fd, bytes, n, offset));
}

ssize_t
pread(int fd, void *bytes, size_t n, off_t offset)
{
	ssize_t (*real)(int, void *, size_t, off_t) = dlsym(RTLD_NEXT, "pread");

	return taste(bytes, real(fd, bytes, n, offset));
}
