/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SPOOL_DURABLE_H
#define SPOOL_DURABLE_H
/*
 * The calls that bring bytes and names to disk. Interrupted ones are repeated, short ones are
 * continued. On false errno says why.
 */
#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Writes `size` bytes at `offset`. They are on disk after a sync. */
bool durable_write(int fd, const void *bytes, size_t size, off_t offset)
    __attribute__((warn_unused_result));

/* Copies what `from` holds behind `from_offset` to `to`, at `to_offset`. */
bool durable_copy(int from, off_t from_offset, int to, off_t to_offset)
    __attribute__((warn_unused_result));

/* All that is in a file; the caller's. NULL with errno set. */
GBytes *durable_read(int fd) __attribute__((warn_unused_result));

/* Content and size of a file. */
bool durable_sync_data(int fd) __attribute__((warn_unused_result));
/* The file with its mode and owner. */
bool durable_sync(int fd) __attribute__((warn_unused_result));
/* The names in a directory. */
bool durable_sync_directory(int fd) __attribute__((warn_unused_result));
/* All of the file system that `fd` lies on. */
bool durable_sync_file_system(int fd) __attribute__((warn_unused_result));

#endif
