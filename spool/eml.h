/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SPOOL_EML_H
#define SPOOL_EML_H
/*
 * A plain message file (RFC 5322) as if it lay in a queue, so that whatever looks at queued messages
 * can look at a file: entry->headers is its header, entry->body_fd and body_offset its body. It can
 * be neither delivered nor dropped.
 */
#include <glib.h>
#include "spool/spool.h"

/*
 * Opens the file, whose lines may end in LF or CRLF; a line "From ..." on top of it, as mbox has it,
 * does not count. Field texts have LF line ends, the body is as it is on disk. The id is the name of
 * the file without its directory.
 *
 * `sender` NULL: the address in Return-Path, else in From, else the null sender. `recipients` NULL:
 * the addresses in To and Cc. `client_ip` NULL: unknown. SPOOL_ERROR_GONE when there is no such
 * file, SPOOL_ERROR_CORRUPT when it is no plain one, SPOOL_ERROR_IO.
 */
struct spool_entry *eml_open(const char *path, const char *sender, const char *const *recipients,
    const char *client_ip, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same for a file in a directory that is open; a symbolic link is SPOOL_ERROR_CORRUPT. */
struct spool_entry *eml_open_at(struct spool_place *place, const char *name, const char *sender,
    const char *const *recipients, const char *client_ip, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
