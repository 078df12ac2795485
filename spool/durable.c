/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The loops around the system's calls stand here once. A write that returns 0 for bytes that it was
 * given would make such a loop endless, so it counts as an I/O error.
 */
#include "spool/durable.h"

#include <errno.h>
#include <unistd.h>

enum { COPY_PIECE = 64 * 1024 };

bool
durable_write(int fd, const void *bytes, size_t size, off_t offset)
{
	const char *next = bytes;

	while (size > 0) {
		ssize_t n = TEMP_FAILURE_RETRY(pwrite(fd, next, size, offset));

		if (n == 0)
			errno = EIO;
		if (n <= 0)
			return false;
		next += n;
		offset += n;
		size -= (size_t)n;
	}
	return true;
}

bool
durable_copy(int from, off_t from_offset, int to, off_t to_offset)
{
	char piece[COPY_PIECE];

	for (;;) {
		ssize_t n = TEMP_FAILURE_RETRY(pread(from, piece, sizeof piece, from_offset));

		if (n <= 0)
			return n == 0;
		if (!durable_write(to, piece, (size_t)n, to_offset))
			return false;
		from_offset += n;
		to_offset += n;
	}
}

GBytes *
durable_read(int fd)
{
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	char piece[COPY_PIECE];

	for (;;) {
		ssize_t n = TEMP_FAILURE_RETRY(pread(fd, piece, sizeof piece, (off_t)bytes->len));

		if (n < 0)
			return NULL;
		if (n == 0)
			return g_byte_array_free_to_bytes(g_steal_pointer(&bytes));
		g_byte_array_append(bytes, (const guint8 *)piece, (guint)n);
	}
}

bool
durable_sync_data(int fd)
{
	return TEMP_FAILURE_RETRY(fdatasync(fd)) == 0;
}

bool
durable_sync(int fd)
{
	return TEMP_FAILURE_RETRY(fsync(fd)) == 0;
}

bool
durable_sync_directory(int fd)
{
	/* EINVAL: a file system that has no such thing, and needs none. */
	return TEMP_FAILURE_RETRY(fsync(fd)) == 0 || errno == EINVAL;
}

bool
durable_sync_file_system(int fd)
{
	return TEMP_FAILURE_RETRY(syncfs(fd)) == 0;
}
