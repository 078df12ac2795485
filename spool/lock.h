/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SPOOL_LOCK_H
#define SPOOL_LOCK_H
/*
 * A lock on a whole file, taken without waiting. It belongs to the open file description: it
 * goes when the last descriptor of that is closed, and conflicts with every fcntl lock of another,
 * be it in the same process.
 */
#include <glib.h>
#include <stdbool.h>

/* `fd` must be open for writing. `name` is for the message: SPOOL_ERROR_BUSY or SPOOL_ERROR_IO. */
bool lock_take(int fd, const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same with a read lock, which keeps only writers' locks out; `fd` must be open for reading. */
bool lock_share(int fd, const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
