/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Counts, fails, stops at, or writes down the file-system calls of a program (t/crash/fault.h says
 * how it is told). Preloaded, it stands before libc; the real work is done by system calls of its
 * own, so it neither needs libc's versions nor can be caught by itself. Calls that libc makes inside
 * itself (stdio, mkstemp) don't come by here: t/crash/run compares with strace, so that nobody
 * relies on them unseen.
 */
#include "t/crash/fault.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

struct call {
	const char *name;
	enum fault_kind kind;
	bool half;	     /* to be done by half */
	char path[PATH_MAX]; /* relative to the scope, once it is known to be inside */
	char effect[PATH_MAX + 64];
	const void *data; /* written, to follow the effect */
	size_t length;
};

static struct fault_control *control;
static const struct fault_inode *inodes;
static size_t inode_count;

static void *
map_file(const char *path, int protection, size_t *length)
{
	int flags = (protection & PROT_WRITE ? O_RDWR : O_RDONLY) | O_CLOEXEC;
	int fd = (int)syscall(SYS_openat, AT_FDCWD, path, flags);
	struct stat st;

	if (fd < 0 || syscall(SYS_newfstatat, fd, "", &st, AT_EMPTY_PATH) != 0)
		abort();
	*length = (size_t)st.st_size;
	void *memory =
	    *length > 0 ? mmap(NULL, *length, protection, MAP_SHARED, fd, 0) : (void *)inodes;
	if (memory == MAP_FAILED)
		abort();
	syscall(SYS_close, fd);
	return memory;
}

static void __attribute__((constructor)) start(void)
{
	const char *path = getenv("FAULT_CONTROL");
	size_t length;

	if (path == NULL)
		return;
	control = map_file(path, PROT_READ | PROT_WRITE, &length);
	if (control->inodes[0] != '\0') {
		inodes = map_file(control->inodes, PROT_READ, &length);
		inode_count = length / sizeof *inodes;
	}
}

/* Takes "." and ".." and double slashes out of an absolute path. */
static void
normalise(char *path)
{
	char *end = path, *rest = path;

	while (*rest != '\0') {
		size_t length = strcspn(++rest, "/");

		if (length == 2 && rest[0] == '.' && rest[1] == '.') {
			while (end > path && *--end != '/')
				;
		} else if (length > 0 && !(length == 1 && rest[0] == '.')) {
			*end++ = '/';
			memmove(end, rest, length);
			end += length;
		}
		rest += length;
	}
	*end = '\0';
}

/* Makes `path`, absolute so far, relative to the scope; false where it lies elsewhere. */
static bool
within_scope(char *path)
{
	size_t length = strlen(control->scope);

	if (strncmp(path, control->scope, length) != 0 ||
	    (path[length] != '/' && path[length] != '\0'))
		return false;
	const char *inside = path + length + (path[length] == '/');
	memmove(path, inside, strlen(inside) + 1);
	return true;
}

static bool
path_of_fd(int fd, char *path)
{
	char link[40];

	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	long length = syscall(SYS_readlinkat, AT_FDCWD, link, path, PATH_MAX - 1);
	if (length < 0)
		return false;
	path[length] = '\0';
	return path[0] == '/';
}

static bool
path_in_scope(int directory, const char *name, char *path)
{
	size_t length = 0;

	if (control == NULL || name == NULL)
		return false;
	if (name[0] != '/') {
		if (directory == AT_FDCWD ? syscall(SYS_getcwd, path, PATH_MAX) < 0
					  : !path_of_fd(directory, path))
			return false;
		length = strlen(path);
		path[length++] = '/';
	}
	if (length + strlen(name) >= PATH_MAX)
		return false;
	strcpy(path + length, name);
	normalise(path);
	return within_scope(path);
}

static bool
fd_in_scope(int fd, char *path)
{
	return control != NULL && path_of_fd(fd, path) && within_scope(path);
}

static bool
stat_fd(int fd, struct stat *st)
{
	return syscall(SYS_newfstatat, fd, "", st, AT_EMPTY_PATH) == 0;
}

static void
take_lock(void)
{
	if (pthread_mutex_lock(&control->lock) == EOWNERDEAD)
		pthread_mutex_consistent(&control->lock);
	while (atomic_load(&control->dead))
		syscall(SYS_kill, (pid_t)syscall(SYS_getpid), SIGKILL);
}

static void
strike(const struct call *call)
{
	control->struck = true;
	snprintf(control->what, sizeof control->what, "%s %s", call->name, call->path);
}

static void
die(const struct call *call)
{
	strike(call);
	for (;;)
		syscall(SYS_kill, (pid_t)syscall(SYS_getpid), SIGKILL);
}

static void
stop_all(const struct call *call)
{
	atomic_store(&control->dead, true);
	syscall(SYS_kill, control->watcher, SIGUSR1);
	die(call);
}

static bool
can_fail(const struct call *call, int error)
{
	switch (error) {
	case 0:
		return call->kind == FAULT_WRITE && call->length > 1;
	case EMFILE:
		return call->kind & (FAULT_OPEN | FAULT_CREATE);
	case ENOSPC:
		return call->kind &
		       (FAULT_CREATE | FAULT_WRITE | FAULT_RESIZE | FAULT_NAME | FAULT_SYNC);
	case EINTR:
		return call->kind & (FAULT_OPEN | FAULT_CREATE | FAULT_READ | FAULT_CLOSE |
					FAULT_WRITE | FAULT_RESIZE | FAULT_SYNC);
	default:
		return true;
	}
}

static void
put_in_trace(const struct call *call)
{
	if (control->trace[0] == '\0')
		return;
	size_t room = strlen(call->name) + strlen(call->path) + strlen(call->effect) + 8;
	char *line = malloc(room + 2 * call->length);
	if (line == NULL)
		abort();
	int length = sprintf(line, "%s\t%s%s%s%s", call->name, call->path,
	    call->effect[0] ? "\t" : "", call->effect, call->data != NULL ? "\t" : "");
	for (size_t i = 0; call->data != NULL && i < call->length; i++)
		length += sprintf(line + length, "%02x", ((const unsigned char *)call->data)[i]);
	line[length++] = '\n';
	int fd = (int)syscall(
	    SYS_openat, AT_FDCWD, control->trace, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || syscall(SYS_write, fd, line, (size_t)length) != length)
		abort();
	syscall(SYS_close, fd);
	free(line);
}

static bool
is_counted(const struct call *call)
{
	return (control->kinds & call->kind) != 0;
}

/* False: the call is not to be done, errno says why. True: call_end() must follow. */
static bool
call_begin(struct call *call)
{
	take_lock();
	if (!is_counted(call))
		return true;
	unsigned long number = ++control->calls;
	if (control->mode == FAULT_KILL_BEFORE && number == control->at)
		stop_all(call);
	if (control->mode == FAULT_KILL_ONE && number == control->at)
		die(call);
	bool fails = (control->mode == FAULT_FAIL && number == control->at) ||
		     (control->mode == FAULT_FAIL_FROM && number >= control->at);
	if (!fails || !can_fail(call, control->error))
		return true;
	strike(call);
	call->half = control->error == 0;
	if (call->half)
		return true;
	put_in_trace(call);
	pthread_mutex_unlock(&control->lock);
	errno = control->error;
	return false;
}

static void __attribute__((format(printf, 2, 3)))
call_effect(struct call *call, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(call->effect, sizeof call->effect, format, arguments);
	va_end(arguments);
}

static long
call_end(struct call *call, long result)
{
	int number = errno;

	if (is_counted(call)) {
		put_in_trace(call);
		if (control->mode == FAULT_KILL_AFTER && control->calls == control->at)
			stop_all(call);
	}
	pthread_mutex_unlock(&control->lock);
	errno = number;
	return result;
}

static int
shim_open(int directory, const char *path, int flags, mode_t mode)
{
	bool may_create = (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE;
	struct call call = { .name = "open", .kind = may_create ? FAULT_CREATE : FAULT_OPEN };
	struct stat before, after;

	if (!path_in_scope(directory, path, call.path))
		return (int)syscall(SYS_openat, directory, path, flags, mode);
	if (!call_begin(&call))
		return -1;
	bool there = syscall(SYS_newfstatat, directory, path, &before, 0) == 0;
	long fd = syscall(SYS_openat, directory, path, flags, mode);
	if (fd >= 0 && stat_fd((int)fd, &after)) {
		if ((flags & O_CREAT) && !there)
			call_effect(&call, "create\t%lu", (unsigned long)after.st_ino);
		else if ((flags & O_TRUNC) && there && before.st_size > 0)
			call_effect(&call, "size\t%lu\t0", (unsigned long)after.st_ino);
	}
	return (int)call_end(&call, fd);
}

/* The bytes are joined first where there are several pieces. `offset` -1: where the file stands. */
static ssize_t
shim_write(int fd, const void *data, size_t length, off_t offset)
{
	struct call call = { .name = "write", .kind = FAULT_WRITE, .length = length };
	struct stat st;

	bool counted = fd_in_scope(fd, call.path);
	if (counted && !call_begin(&call))
		return -1;
	if (call.half)
		length /= 2;
	long written = offset < 0 ? syscall(SYS_write, fd, data, length)
				  : syscall(SYS_pwrite64, fd, data, length, offset);
	if (!counted)
		return written;
	call.length = 0;
	if (written > 0 && stat_fd(fd, &st)) {
		if (offset < 0)
			offset = syscall(SYS_lseek, fd, 0, SEEK_CUR) - written;
		call_effect(&call, "write\t%lu\t%ld", (unsigned long)st.st_ino, (long)offset);
		call.data = data;
		call.length = (size_t)written;
	}
	return call_end(&call, written);
}

static ssize_t
shim_writev(int fd, const struct iovec *pieces, int count, off_t offset)
{
	size_t length = 0;

	for (int i = 0; i < count; i++)
		length += pieces[i].iov_len;
	char *joined = malloc(length + 1), *end = joined;
	if (joined == NULL)
		return -1;
	for (int i = 0; i < count; i++)
		end = mempcpy(end, pieces[i].iov_base, pieces[i].iov_len);
	ssize_t written = shim_write(fd, joined, length, offset);
	free(joined);
	return written;
}

static ssize_t
shim_read(int fd, void *data, size_t length, off_t offset)
{
	struct call call = { .name = "read", .kind = FAULT_READ };

	bool counted =
	    control != NULL && (control->kinds & FAULT_READ) && fd_in_scope(fd, call.path);
	if (counted && !call_begin(&call))
		return -1;
	long got = offset < 0 ? syscall(SYS_read, fd, data, length)
			      : syscall(SYS_pread64, fd, data, length, offset);
	return counted ? call_end(&call, got) : got;
}

/* Copies inside the kernel are done as a write of what was read, so that it can be written down. */
static ssize_t
shim_copy(int from, off_t *from_offset, int to, off_t *to_offset, size_t length)
{
	char data[65536];

	size_t some = length < sizeof data ? length : sizeof data;
	long got = from_offset != NULL ? syscall(SYS_pread64, from, data, some, *from_offset)
				       : syscall(SYS_read, from, data, some);
	if (got <= 0)
		return got;
	ssize_t written = shim_write(to, data, (size_t)got, to_offset != NULL ? *to_offset : -1);
	if (written > 0 && from_offset != NULL)
		*from_offset += written;
	else if (written < got)
		syscall(SYS_lseek, from, (written > 0 ? written : 0) - got, SEEK_CUR);
	if (written > 0 && to_offset != NULL)
		*to_offset += written;
	return written;
}

static ssize_t
shim_copy_range(
    int from, off_t *from_offset, int to, off_t *to_offset, size_t length, unsigned flags)
{
	char path[PATH_MAX];

	return fd_in_scope(to, path)
		   ? shim_copy(from, from_offset, to, to_offset, length)
		   : syscall(SYS_copy_file_range, from, from_offset, to, to_offset, length, flags);
}

static ssize_t
shim_sendfile(int to, int from, off_t *offset, size_t length)
{
	char path[PATH_MAX];

	return fd_in_scope(to, path) ? shim_copy(from, offset, to, NULL, length)
				     : syscall(SYS_sendfile, to, from, offset, length);
}

/* Calls on a descriptor that have no data: system call `number` with up to three more arguments. */
static int
shim_fd(const char *name, enum fault_kind kind, long number, int fd, long a, long b, long c)
{
	struct call call = { .name = name, .kind = kind };
	struct stat st;

	if (!fd_in_scope(fd, call.path))
		return (int)syscall(number, fd, a, b, c);
	if (!call_begin(&call))
		return -1;
	long result = syscall(number, fd, a, b, c);
	if (result == 0 && stat_fd(fd, &st)) {
		unsigned long inode = st.st_ino;

		if (kind == FAULT_RESIZE)
			call_effect(&call, "size\t%lu\t%ld", inode, (long)st.st_size);
		else if (number == SYS_fchmod)
			call_effect(&call, "mode\t%lu\t%o", inode, st.st_mode & 07777);
		else if (number == SYS_syncfs)
			call_effect(&call, "syncall");
		else if (kind == FAULT_SYNC)
			call_effect(&call, "sync\t%lu", inode);
	}
	return (int)call_end(&call, result);
}

static int
shim_rename(int from, const char *old_name, int to, const char *new_name, unsigned flags)
{
	struct call call = { .name = "rename", .kind = FAULT_NAME };
	char old_path[PATH_MAX];

	if (!path_in_scope(to, new_name, call.path) || !path_in_scope(from, old_name, old_path))
		return (int)syscall(SYS_renameat2, from, old_name, to, new_name, flags);
	if (!call_begin(&call))
		return -1;
	long result = syscall(SYS_renameat2, from, old_name, to, new_name, flags);
	if (result == 0)
		call_effect(&call, "rename\t%s", old_path);
	return (int)call_end(&call, result);
}

static int
shim_link(int from, const char *old_name, int to, const char *new_name, int flags)
{
	struct call call = { .name = "link", .kind = FAULT_NAME };
	struct stat st;

	if (!path_in_scope(to, new_name, call.path))
		return (int)syscall(SYS_linkat, from, old_name, to, new_name, flags);
	if (!call_begin(&call))
		return -1;
	long result = syscall(SYS_linkat, from, old_name, to, new_name, flags);
	if (result == 0 && syscall(SYS_newfstatat, to, new_name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		call_effect(&call, "link\t%lu", (unsigned long)st.st_ino);
	return (int)call_end(&call, result);
}

static int
shim_mkdir(int directory, const char *path, mode_t mode)
{
	struct call call = { .name = "mkdir", .kind = FAULT_NAME };
	struct stat st;

	if (!path_in_scope(directory, path, call.path))
		return (int)syscall(SYS_mkdirat, directory, path, mode);
	if (!call_begin(&call))
		return -1;
	long result = syscall(SYS_mkdirat, directory, path, mode);
	if (result == 0 && syscall(SYS_newfstatat, directory, path, &st, 0) == 0)
		call_effect(&call, "directory\t%lu", (unsigned long)st.st_ino);
	return (int)call_end(&call, result);
}

static int
shim_unlink(int directory, const char *path, int flags)
{
	struct call call = { .name = "unlink", .kind = FAULT_REMOVE };

	if (!path_in_scope(directory, path, call.path))
		return (int)syscall(SYS_unlinkat, directory, path, flags);
	if (!call_begin(&call))
		return -1;
	long result = syscall(SYS_unlinkat, directory, path, flags);
	if (result == 0)
		call_effect(&call, "unlink");
	return (int)call_end(&call, result);
}

/* Mode or owner by path. */
static int
shim_mode(long number, int directory, const char *path, long a, long b, int flags)
{
	struct call call = { .name = "mode", .kind = FAULT_MODE };
	struct stat st;

	if (!path_in_scope(directory, path, call.path))
		return (int)syscall(number, directory, path, a, b, flags);
	if (!call_begin(&call))
		return -1;
	long result = syscall(number, directory, path, a, b, flags);
	if (result == 0 && syscall(SYS_newfstatat, directory, path, &st, 0) == 0)
		call_effect(&call, "mode\t%lu\t%o", (unsigned long)st.st_ino, st.st_mode & 07777);
	return (int)call_end(&call, result);
}

static ino_t
shown_inode(ino_t real)
{
	size_t low = 0, high = inode_count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (inodes[middle].real == real)
			return inodes[middle].shown;
		if (inodes[middle].real < real)
			low = middle + 1;
		else
			high = middle;
	}
	return real + FAULT_INODE_NEW;
}

static int
shim_stat(int directory, const char *path, struct stat *st, int flags)
{
	long result = syscall(SYS_newfstatat, directory, path, st, flags);

	if (result == 0 && inodes != NULL)
		st->st_ino = shown_inode(st->st_ino);
	return (int)result;
}

static int
shim_statx(int directory, const char *path, int flags, unsigned mask, struct statx *stx)
{
	long result = syscall(SYS_statx, directory, path, flags, mask, stx);

	if (result == 0 && inodes != NULL)
		stx->stx_ino = shown_inode(stx->stx_ino);
	return (int)result;
}

/* A close that fails has closed nonetheless, as on Linux. */
static int
shim_close(int fd)
{
	struct call call = { .name = "close", .kind = FAULT_CLOSE };

	bool counted =
	    control != NULL && (control->kinds & FAULT_CLOSE) && fd_in_scope(fd, call.path);
	if (counted && !call_begin(&call)) {
		int number = errno;

		syscall(SYS_close, fd);
		errno = number;
		return -1;
	}
	long result = syscall(SYS_close, fd);
	return (int)(counted ? call_end(&call, result) : result);
}

/* Through open(), so that it is counted; libc's own opendir() would not be. */
static DIR *
shim_opendir(const char *name)
{
	int fd = shim_open(AT_FDCWD, name, O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC, 0);

	return fd >= 0 ? fdopendir(fd) : NULL;
}

/* From here on: libc's names for the above. */

static mode_t
creation_mode(int flags, va_list arguments)
{
	bool creates = (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE;

	return creates ? va_arg(arguments, mode_t) : 0;
}

#define OPEN(name)                                             \
	int name(const char *file, int oflag, ...)             \
	{                                                      \
		va_list arguments;                             \
                                                               \
		va_start(arguments, oflag);                    \
		mode_t mode = creation_mode(oflag, arguments); \
		va_end(arguments);                             \
		return shim_open(AT_FDCWD, file, oflag, mode); \
	}
#define OPENAT(name)                                           \
	int name(int fd, const char *file, int oflag, ...)     \
	{                                                      \
		va_list arguments;                             \
                                                               \
		va_start(arguments, oflag);                    \
		mode_t mode = creation_mode(oflag, arguments); \
		va_end(arguments);                             \
		return shim_open(fd, file, oflag, mode);       \
	}
#define FORWARD(type, name, parameters, call) \
	type name parameters;                 \
	type name parameters                  \
	{                                     \
		return call;                  \
	}

/* clang-format off */
OPEN(open) OPEN(open64) OPENAT(openat) OPENAT(openat64)
FORWARD(int, __open_2, (const char *file, int flags), shim_open(AT_FDCWD, file, flags, 0))
FORWARD(int, __open64_2, (const char *file, int flags), shim_open(AT_FDCWD, file, flags, 0))
FORWARD(int, __openat_2, (int fd, const char *file, int flags), shim_open(fd, file, flags, 0))
FORWARD(int, __openat64_2, (int fd, const char *file, int flags), shim_open(fd, file, flags, 0))
FORWARD(int, creat, (const char *file, mode_t mode), shim_open(AT_FDCWD, file, O_CREAT | O_WRONLY | O_TRUNC, mode))
FORWARD(int, creat64, (const char *file, mode_t mode), shim_open(AT_FDCWD, file, O_CREAT | O_WRONLY | O_TRUNC, mode))

FORWARD(ssize_t, write, (int fd, const void *buf, size_t n), shim_write(fd, buf, n, -1))
FORWARD(ssize_t, pwrite, (int fd, const void *buf, size_t n, off_t offset), shim_write(fd, buf, n, offset))
FORWARD(ssize_t, pwrite64, (int fd, const void *buf, size_t n, off_t offset), shim_write(fd, buf, n, offset))
FORWARD(ssize_t, writev, (int fd, const struct iovec *iovec, int count), shim_writev(fd, iovec, count, -1))
FORWARD(ssize_t, pwritev, (int fd, const struct iovec *iovec, int count, off_t offset), shim_writev(fd, iovec, count, offset))
FORWARD(ssize_t, pwritev64, (int fd, const struct iovec *iovec, int count, off_t offset), shim_writev(fd, iovec, count, offset))
FORWARD(ssize_t, copy_file_range, (int infd, off_t *pinoff, int outfd, off_t *poutoff, size_t length, unsigned flags), shim_copy_range(infd, pinoff, outfd, poutoff, length, flags))
FORWARD(ssize_t, sendfile, (int out, int in, off_t *in_at, size_t n), shim_sendfile(out, in, in_at, n))
FORWARD(ssize_t, sendfile64, (int out, int in, off_t *in_at, size_t n), shim_sendfile(out, in, in_at, n))

FORWARD(ssize_t, read, (int fd, void *buf, size_t nbytes), shim_read(fd, buf, nbytes, -1))
FORWARD(ssize_t, pread, (int fd, void *buf, size_t nbytes, off_t offset), shim_read(fd, buf, nbytes, offset))
FORWARD(ssize_t, pread64, (int fd, void *buf, size_t nbytes, off_t offset), shim_read(fd, buf, nbytes, offset))
FORWARD(ssize_t, __read_chk, (int fd, void *buf, size_t nbytes, size_t room), (nbytes > room ? abort() : (void)0, shim_read(fd, buf, nbytes, -1)))
FORWARD(ssize_t, __pread_chk, (int fd, void *buf, size_t nbytes, off_t offset, size_t room), (nbytes > room ? abort() : (void)0, shim_read(fd, buf, nbytes, offset)))
FORWARD(ssize_t, __pread64_chk, (int fd, void *buf, size_t nbytes, off_t offset, size_t room), (nbytes > room ? abort() : (void)0, shim_read(fd, buf, nbytes, offset)))

FORWARD(int, ftruncate, (int fd, off_t length), shim_fd("ftruncate", FAULT_RESIZE, SYS_ftruncate, fd, length, 0, 0))
FORWARD(int, ftruncate64, (int fd, off_t length), shim_fd("ftruncate", FAULT_RESIZE, SYS_ftruncate, fd, length, 0, 0))
FORWARD(int, fallocate, (int fd, int mode, off_t offset, off_t len), shim_fd("fallocate", FAULT_RESIZE, SYS_fallocate, fd, mode, offset, len))
FORWARD(int, fallocate64, (int fd, int mode, off_t offset, off_t len), shim_fd("fallocate", FAULT_RESIZE, SYS_fallocate, fd, mode, offset, len))
FORWARD(int, posix_fallocate, (int fd, off_t offset, off_t len), fallocate(fd, 0, offset, len) == 0 ? 0 : errno)
FORWARD(int, posix_fallocate64, (int fd, off_t offset, off_t len), fallocate(fd, 0, offset, len) == 0 ? 0 : errno)
FORWARD(int, fsync, (int fd), shim_fd("fsync", FAULT_SYNC, SYS_fsync, fd, 0, 0, 0))
FORWARD(int, fdatasync, (int fildes), shim_fd("fdatasync", FAULT_SYNC, SYS_fdatasync, fildes, 0, 0, 0))
FORWARD(int, syncfs, (int fd), shim_fd("syncfs", FAULT_SYNC, SYS_syncfs, fd, 0, 0, 0))
FORWARD(int, fchmod, (int fd, mode_t mode), shim_fd("fchmod", FAULT_MODE, SYS_fchmod, fd, mode, 0, 0))
FORWARD(int, fchown, (int fd, uid_t owner, gid_t group), shim_fd("fchown", FAULT_MODE, SYS_fchown, fd, owner, group, 0))

FORWARD(int, rename, (const char *old, const char *new), shim_rename(AT_FDCWD, old, AT_FDCWD, new, 0))
FORWARD(int, renameat, (int oldfd, const char *old, int newfd, const char *new), shim_rename(oldfd, old, newfd, new, 0))
FORWARD(int, renameat2, (int oldfd, const char *old, int newfd, const char *new, unsigned flags), shim_rename(oldfd, old, newfd, new, flags))
FORWARD(int, link, (const char *from, const char *to), shim_link(AT_FDCWD, from, AT_FDCWD, to, 0))
FORWARD(int, linkat, (int fromfd, const char *from, int tofd, const char *to, int flags), shim_link(fromfd, from, tofd, to, flags))
FORWARD(int, unlink, (const char *name), shim_unlink(AT_FDCWD, name, 0))
FORWARD(int, unlinkat, (int fd, const char *name, int flag), shim_unlink(fd, name, flag))
FORWARD(int, rmdir, (const char *path), shim_unlink(AT_FDCWD, path, AT_REMOVEDIR))
FORWARD(int, mkdir, (const char *path, mode_t mode), shim_mkdir(AT_FDCWD, path, mode))
FORWARD(int, mkdirat, (int fd, const char *path, mode_t mode), shim_mkdir(fd, path, mode))
FORWARD(int, chmod, (const char *file, mode_t mode), shim_mode(SYS_fchmodat, AT_FDCWD, file, mode, 0, 0))
FORWARD(int, fchmodat, (int fd, const char *file, mode_t mode, int flag), ((void)flag, shim_mode(SYS_fchmodat, fd, file, mode, 0, 0)))
FORWARD(int, lchown, (const char *file, uid_t owner, gid_t group), shim_mode(SYS_fchownat, AT_FDCWD, file, owner, group, AT_SYMLINK_NOFOLLOW))
FORWARD(int, chown, (const char *file, uid_t owner, gid_t group), shim_mode(SYS_fchownat, AT_FDCWD, file, owner, group, 0))
FORWARD(int, fchownat, (int fd, const char *file, uid_t owner, gid_t group, int flag), shim_mode(SYS_fchownat, fd, file, owner, group, flag))

FORWARD(int, stat, (const char *file, struct stat *buf), shim_stat(AT_FDCWD, file, buf, 0))
FORWARD(int, lstat, (const char *file, struct stat *buf), shim_stat(AT_FDCWD, file, buf, AT_SYMLINK_NOFOLLOW))
FORWARD(int, fstat, (int fd, struct stat *buf), shim_stat(fd, "", buf, AT_EMPTY_PATH))
FORWARD(int, fstatat, (int fd, const char *file, struct stat *buf, int flag), shim_stat(fd, file, buf, flag))
FORWARD(int, stat64, (const char *file, struct stat64 *buf), shim_stat(AT_FDCWD, file, (struct stat *)buf, 0))
FORWARD(int, lstat64, (const char *file, struct stat64 *buf), shim_stat(AT_FDCWD, file, (struct stat *)buf, AT_SYMLINK_NOFOLLOW))
FORWARD(int, fstat64, (int fd, struct stat64 *buf), shim_stat(fd, "", (struct stat *)buf, AT_EMPTY_PATH))
FORWARD(int, fstatat64, (int fd, const char *file, struct stat64 *buf, int flag), shim_stat(fd, file, (struct stat *)buf, flag))
FORWARD(int, statx, (int dirfd, const char *restrict path, int flags, unsigned mask, struct statx *restrict buf), shim_statx(dirfd, path, flags, mask, buf))

FORWARD(int, close, (int fd), shim_close(fd))
FORWARD(DIR *, opendir, (const char *name), shim_opendir(name))
