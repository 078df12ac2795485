/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two walls of different make: Landlock knows files, seccomp knows calls. Libraries look for files in passing (a converter of
 * charsets, a time zone) and take no for an answer, so those calls are refused; whatever else is not on the list is no accident,
 * and ends the process.
 */
#include "core/read/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

/* Seconds. */
#define ALLOWED_AT_ONCE 60

#define PAST_END (~0u)

bool
sandbox_detach(int fd)
{
	/* Above all that is to be replaced. */
	int kept = fcntl(fd, F_DUPFD_CLOEXEC, SANDBOX_FD + 1);
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (kept < 0 || null < 0)
		return false;
	for (int standard = 0; standard <= (SANITIZED ? 1 : 2); standard++) {
		if (dup2(null, standard) < 0)
			return false;
	}
	return dup2(kept, SANDBOX_FD) >= 0 && close_range(SANDBOX_FD + 1, PAST_END, 0) == 0;
}

static bool
fail(GError **error, const char *what, int number)
{
	g_set_error(error, G_FILE_ERROR, (int)g_file_error_from_errno(number), "%s: %s", what,
	    g_strerror(number));
	return false;
}

/* The kernel's struct landlock_ruleset_attr, with members that came after the headers that we may be built with. */
struct landlock_rules {
	uint64_t files, network, scopes;
};

/* What the kernel can refuse, by the version of its interface: rights that it doesn't know are an error. */
static const struct {
	int version;
	size_t size;
	struct landlock_rules rules;
} landlock[] = {
	{ 6, 24,
	    { 0xffff, 3, 3 } }, /* signals and abstract sockets of others; version 5 has ioctl */
	{ 5, 16, { 0xffff, 3, 0 } },
	{ 4, 16, { 0x7fff, 3, 0 } }, /* TCP */
	{ 3, 8, { 0x7fff, 0, 0 } },  /* truncation */
	{ 2, 8, { 0x3fff, 0, 0 } },  /* links to other directories */
	{ 1, 8, { 0x1fff, 0, 0 } },
};

bool
sandbox_close_files(GString *lacks, GError **error)
{
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0, 1);
	size_t n = 0;

	if (version < 1) {
		g_string_append(lacks, "Landlock ");
		return true;
	}
	while (landlock[n].version > version)
		n++;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return fail(error, "no new privileges", errno);
	/* No rule is added, so nothing is allowed. */
	int rules =
	    (int)syscall(SYS_landlock_create_ruleset, &landlock[n].rules, landlock[n].size, 0);
	if (rules < 0 || syscall(SYS_landlock_restrict_self, rules, 0) != 0)
		return fail(error, "Landlock", errno);
	close(rules);
	return true;
}

/* Needed by us, by the C library, or by a library that reads mail. */
static const char *const allowed[] = { "brk", "clock_getres", "clock_gettime", "clock_nanosleep",
	"close", "exit", "exit_group", "fstat", "ftruncate", "futex", "getegid", "geteuid",
	"getgid", "getpid", "getrandom", "getrusage", "gettid", "gettimeofday", "getuid", "lseek",
	"madvise", "memfd_create", "mremap", "munmap", "nanosleep", "poll", "ppoll", "pread64",
	"pwrite64", "read", "readv", "recvfrom", "recvmsg", "restart_syscall", "rt_sigaction",
	"rt_sigprocmask", "rt_sigreturn", "sched_getaffinity", "sched_yield", "sendmsg", "sendto",
	"sigaltstack", "sysinfo", "time", "uname", "write", "writev" };

/* Looking for files. */
static const char *const refused[] = { "access", "faccessat", "faccessat2", "getcwd", "lstat",
	"open", "openat", "openat2", "readlink", "readlinkat", "stat", "statfs", "statx" };

static int
allow_by_argument(scmp_filter_ctx filter)
{
	static const int descriptor_calls[] = { F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_ADD_SEALS,
		F_GET_SEALS };
	int failed = 0;

	/* No code but what is there. */
	failed |= seccomp_rule_add(
	    filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
	    SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	/* abort() */
	failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
	    SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid()));
	failed |= seccomp_rule_add(
	    filter, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1, SCMP_A0(SCMP_CMP_EQ, 0));
	/* fstat(), as some C libraries do it. */
	failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(newfstatat), 2,
	    SCMP_A0(SCMP_CMP_LT, SANDBOX_FILES), SCMP_A3(SCMP_CMP_EQ, AT_EMPTY_PATH));
	failed |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(newfstatat), 1,
	    SCMP_A0(SCMP_CMP_GE, SANDBOX_FILES));
	failed |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOTTY), SCMP_SYS(ioctl), 0);
	for (size_t i = 0; i < G_N_ELEMENTS(descriptor_calls); i++)
		failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1,
		    SCMP_A1(SCMP_CMP_EQ, (scmp_datum_t)descriptor_calls[i]));
	return failed;
}

static int
add_rules(scmp_filter_ctx filter)
{
	int failed = allow_by_argument(filter);

	/* A name that this architecture has not is none that could be called. */
	for (size_t i = 0; i < G_N_ELEMENTS(allowed); i++) {
		int call = seccomp_syscall_resolve_name(allowed[i]);

		if (call >= 0)
			failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(refused); i++) {
		int call = seccomp_syscall_resolve_name(refused[i]);

		if (call >= 0)
			failed |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), call, 0);
	}
	return failed;
}

static bool
close_kernel(GString *lacks, GError **error)
{
	if (prctl(PR_GET_SECCOMP) < 0 || seccomp_api_get() < 1) {
		g_string_append(lacks, "seccomp ");
		return true;
	}
	scmp_filter_ctx filter =
	    seccomp_init(SANITIZED ? SCMP_ACT_ERRNO(EPERM) : SCMP_ACT_KILL_PROCESS);
	if (filter == NULL)
		return fail(error, "seccomp", ENOMEM);
	/* A search tree: the calls are many. */
	(void)seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	int failed = add_rules(filter);
	if (failed == 0)
		failed = seccomp_load(filter);
	seccomp_release(filter);
	return failed == 0 || fail(error, "seccomp", -failed);
}

static bool
limit(int resource, uint64_t soft, uint64_t hard)
{
	struct rlimit limits = { .rlim_cur = soft, .rlim_max = hard }, now;

	/* What is below it already stays. */
	if (getrlimit((__rlimit_resource_t)resource, &now) == 0) {
		limits.rlim_max = MIN(limits.rlim_max, now.rlim_max);
		limits.rlim_cur = MIN(limits.rlim_cur, limits.rlim_max);
	}
	return setrlimit((__rlimit_resource_t)resource, &limits) == 0;
}

/* Bytes of writable memory that the process has already: its parent's configuration, most of all. */
static uint64_t
data_size(void)
{
	g_autofree char *text = NULL;
	uint64_t pages = 0;

	if (g_file_get_contents("/proc/self/statm", &text, NULL, NULL) &&
	    sscanf(text, "%*u %*u %*u %*u %*u %" G_GUINT64_FORMAT, &pages) != 1)
		pages = 0;
	return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

void
sandbox_allow_files(uint64_t size)
{
	(void)limit(RLIMIT_FSIZE, size, RLIM_INFINITY);
}

static bool
close_resources(uint64_t memory, GError **error)
{
	/* RLIMIT_DATA, not RLIMIT_AS: a message that is mapped costs no memory. */
	if (memory > 0 && !SANITIZED &&
	    !limit(RLIMIT_DATA, data_size() + memory, data_size() + memory))
		return fail(error, "RLIMIT_DATA", errno);
	sandbox_allow_files(0);
	if (!limit(RLIMIT_CORE, 0, 0) || !limit(RLIMIT_NPROC, 0, 0) ||
	    !limit(RLIMIT_NOFILE, SANDBOX_FILES, SANDBOX_FILES))
		return fail(error, "limits of resources", errno);
	return true;
}

bool
sandbox_enter(uint64_t memory, GString *lacks, GError **error)
{
	if (!close_resources(memory, error))
		return false;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return fail(error, "no new privileges", errno);
	return sandbox_close_files(lacks, error) && close_kernel(lacks, error);
}

void
sandbox_allow_time(unsigned seconds)
{
	static gint64 since; /* of the monotonic clock: when the limit was set */
	static uint64_t left;
	gint64 now = g_get_monotonic_time();
	uint64_t passed = (uint64_t)((now - since) / G_USEC_PER_SEC) + 2;
	struct rusage usage;

	/* No process uses more time than passes, so mostly what was allowed before is still enough, and nobody needs to be asked. */
	if (since != 0 && passed + seconds <= left)
		return;
	getrusage(RUSAGE_SELF, &usage);
	since = now;
	left = 2 + (uint64_t)seconds + ALLOWED_AT_ONCE;
	(void)limit(RLIMIT_CPU,
	    (uint64_t)usage.ru_utime.tv_sec + (uint64_t)usage.ru_stime.tv_sec + left,
	    RLIM_INFINITY);
}
