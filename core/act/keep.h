/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ACT_KEEP_H
#define CORE_ACT_KEEP_H
/*
 * Copies of messages that stay here when the message has left: what archive and quarantine share.
 * Files are real copies (never links: the original may be patched in place), whole or absent, with
 * the owner and modes that `Quarantine User`, `Quarantine Group` and `Quarantine Permissions` say.
 *
 * Errors are SPOOL_ERROR_IO.
 */
#include <glib.h>
#include <stdbool.h>
#include "core/act/keepfile.h"
#include "spool/spool.h"

/* What the three directives say. A user or group that the system doesn't know is logged and left out. */
void keep_access(struct keepfile_access *access);

/* "yyyymmdd", local time: the directory of the day. The caller's. */
char *keep_day(void);

/*
 * `text` as (part of) one name in a path: '/' and controls become '_', so does a leading dot; at
 * most KEEP_PART_MAX bytes; "_" for nothing. The caller's.
 */
char *keep_part(const char *text);
#define KEEP_PART_MAX 100

/*
 * keepfile_name() under `name`, or under the first free one of name-1, name-2, ... A file of one of
 * these names with the same content will do: then the new one is not needed (a message that is tried
 * again after a crash).
 */
bool keep_name(struct keepfile *file, const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same, when the file has been synced. */
bool keep_publish(
    struct keepfile *file, const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The header as it came (fields that the MTA had deleted are left out), without the empty line. */
GString *keep_header(const struct spool_entry *entry);

/* Hands the body to `take`, piece by piece, with LF line ends. */
typedef bool (*keep_take)(const char *bytes, size_t length, void *data, GError **error);
bool keep_body(const struct spool_entry *entry, keep_take take, void *data,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
