/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each attempt is made by a process of its own, from within the sandbox. */
#include "core/read/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __SANITIZE_ADDRESS__
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

#define MEMORY (64u << 20)

/* How an attempt ends: 0 it did what it tried, else the errno. */
static int
result_of(bool done)
{
	return done ? 0 : errno;
}

static int
open_file(void)
{
	return result_of(open("/etc/passwd", O_RDONLY) >= 0);
}

static int
create_file(void)
{
	return result_of(open("/tmp/sandbox-test", O_WRONLY | O_CREAT, 0600) >= 0);
}

static int
look_at_file(void)
{
	struct stat st;

	return result_of(stat("/etc/passwd", &st) == 0);
}

static int
remove_file(void)
{
	return result_of(unlink("/tmp/sandbox-test") == 0);
}

static int
open_socket(void)
{
	return result_of(socket(AF_INET, SOCK_STREAM, 0) >= 0);
}

static int
make_pair(void)
{
	int ends[2];

	return result_of(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
}

static int
run_program(void)
{
	execl("/bin/true", "true", NULL);
	return errno;
}

static int
start_process(void)
{
	pid_t child = fork();

	if (child == 0)
		_exit(0);
	return result_of(child > 0);
}

static int
signal_parent(void)
{
	return result_of(kill(getppid(), 0) == 0);
}

static int
trace_parent(void)
{
	return result_of(ptrace(PTRACE_ATTACH, getppid(), NULL, NULL) == 0);
}

static int
run_data(void)
{
	void *code = mmap(
	    NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return result_of(code != MAP_FAILED);
}

static int
use_old_descriptor(void)
{
	char byte;

	return result_of(read(SANDBOX_FD + 1, &byte, 1) >= 0);
}

static int
take_too_much_memory(void)
{
	return result_of(malloc(2 * (size_t)MEMORY) != NULL);
}

static int
take_memory(void)
{
	char *memory = malloc(MEMORY / 2);

	if (memory != NULL)
		memset(memory, 1, MEMORY / 2);
	return result_of(memory != NULL);
}

static int
use_descriptor(void)
{
	return result_of(write(SANDBOX_FD, "x", 1) == 1);
}

static int
use_scratch(void)
{
	sandbox_allow_files(8192);
	int fd = memfd_create("scratch", MFD_CLOEXEC);
	struct stat st;

	return result_of(fd >= 0 && ftruncate(fd, 4096) == 0 && pwrite(fd, "x", 1, 4095) == 1 &&
			 fstat(fd, &st) == 0 && st.st_size == 4096 &&
			 mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0) != MAP_FAILED);
}

static int
read_clock(void)
{
	return result_of(g_get_monotonic_time() > 0 && g_get_real_time() > 0);
}

static int
burn_time(void)
{
	struct rlimit limits;

	sandbox_allow_time(0);
	/* As if a minute of it had gone by. */
	getrlimit(RLIMIT_CPU, &limits);
	limits.rlim_cur -= 61;
	setrlimit(RLIMIT_CPU, &limits);
	for (volatile unsigned long n = 0; n < G_MAXULONG; n++)
		;
	return 0;
}

static int
write_too_much(void)
{
	int fd = memfd_create("scratch", MFD_CLOEXEC);

	sandbox_allow_files(100);
	return result_of(ftruncate(fd, 100) == 0 && pwrite(fd, "x", 1, 100) == 1);
}

static int
hold_too_much(void)
{
	for (unsigned i = 0; i < 10000; i++) {
		if (memfd_create("one", MFD_CLOEXEC) < 0)
			return errno == EMFILE ? EMFILE : 0;
	}
	return 0;
}

static int
look_at_limits(void)
{
	static const int none[] = { RLIMIT_CORE, RLIMIT_NPROC };
	struct rlimit limits;

	for (size_t i = 0; i < G_N_ELEMENTS(none); i++) {
		if (getrlimit((__rlimit_resource_t)none[i], &limits) != 0 || limits.rlim_max != 0)
			return 1;
	}
	return 0;
}

static int
fail_hard(void)
{
	abort();
}

/* Nothing of the parent's is left but the one descriptor. */
static void G_GNUC_NORETURN
attempt(int (*what)(void), int fd)
{
	g_autoptr(GString) lacks = g_string_new(NULL);

	if (!sandbox_detach(fd) || !sandbox_enter(MEMORY, lacks, NULL))
		_exit(255);
	if (lacks->len > 0)
		_exit(254);
	_exit(what());
}

static int
status_of(int (*what)(void))
{
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC), status = 0;
	pid_t child = fork();

	if (child == 0)
		attempt(what, fd);
	g_assert_cmpint(waitpid(child, &status, 0), ==, child);
	close(fd);
	return status;
}

enum fate { DONE, REFUSED, KILLED, OUT_OF_MEMORY, OUT_OF_TIME, OUT_OF_ROOM, ABORTED };

static const struct {
	const char *name;
	int (*what)(void);
	enum fate fate;
} attempts[] = {
	{ "open a file", open_file, REFUSED },
	{ "create a file", create_file, REFUSED },
	{ "look at a file", look_at_file, REFUSED },
	{ "remove a file", remove_file, KILLED },
	{ "open a socket", open_socket, KILLED },
	{ "make a pair of sockets", make_pair, KILLED },
	{ "run a program", run_program, KILLED },
	{ "start a process", start_process, KILLED },
	{ "send a signal", signal_parent, KILLED },
	{ "trace a process", trace_parent, KILLED },
	{ "make memory executable", run_data, KILLED },
	{ "use an inherited descriptor", use_old_descriptor, REFUSED },
	{ "take more memory than allowed", take_too_much_memory, OUT_OF_MEMORY },
	{ "use more time than allowed", burn_time, OUT_OF_TIME },
	{ "write more than allowed", write_too_much, OUT_OF_ROOM },
	{ "hold more descriptors than allowed", hold_too_much, REFUSED },
	{ "have no cores and no processes", look_at_limits, DONE },
	{ "take memory", take_memory, DONE },
	{ "use its own descriptor", use_descriptor, DONE },
	{ "use scratch memory as a file", use_scratch, DONE },
	{ "read the clock", read_clock, DONE },
	{ "abort, and be seen to", fail_hard, ABORTED },
};

static bool
is_signal(int status, int number)
{
	return WIFSIGNALED(status) && WTERMSIG(status) == number;
}

static bool
is_fate(int status, enum fate fate)
{
	bool refused = WIFEXITED(status) && WEXITSTATUS(status) > 0 && WEXITSTATUS(status) < 254;

	switch (fate) {
	case DONE:
		return WIFEXITED(status) && WEXITSTATUS(status) == 0;
	case REFUSED:
		return refused;
	case KILLED:
		return is_signal(status, SIGSYS) || (SANITIZED && refused);
	case OUT_OF_MEMORY:
		return SANITIZED || (WIFEXITED(status) && WEXITSTATUS(status) == ENOMEM);
	case OUT_OF_TIME:
		return is_signal(status, SIGXCPU);
	case OUT_OF_ROOM:
		return is_signal(status, SIGXFSZ);
	case ABORTED:
		return is_signal(status, SIGABRT);
	}
	return false;
}

static void
try_each(void)
{
	if (WEXITSTATUS(status_of(read_clock)) == 254) {
		g_test_skip("this kernel has no Landlock or no seccomp");
		return;
	}
	for (size_t i = 0; i < G_N_ELEMENTS(attempts); i++) {
		int status = status_of(attempts[i].what);

		g_test_message("%s: status %#x", attempts[i].name, (unsigned)status);
		g_assert_true(is_fate(status, attempts[i].fate));
	}
}

/* seccomp stands before Landlock, so nobody would see it fall. */
static void
closes_files_alone(void)
{
	g_autoptr(GString) lacks = g_string_new(NULL);
	int status;
	pid_t child = fork();

	if (child == 0) {
		if (!sandbox_close_files(lacks, NULL))
			_exit(255);
		_exit(lacks->len > 0 ? 254 : open_file());
	}
	g_assert_cmpint(waitpid(child, &status, 0), ==, child);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 254)
		g_test_skip("this kernel has no Landlock");
	else
		g_assert_true(is_fate(status, REFUSED));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func(
	    "/sandbox/what is not needed is refused or kills, the rest works", try_each);
	g_test_add_func("/sandbox/files are out of reach by Landlock alone", closes_files_alone);
	return g_test_run();
}
