/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ACT_MBOX_H
#define CORE_ACT_MBOX_H
/*
 * Appending to a mailbox in mbox form (RFC 4155): "From sender date", an X-MailScanner-Recipient
 * line for each recipient, header, empty line, body, empty line. Lines that begin with "From ", with
 * any number of '>' before it, get one more '>', so that a reader can take it away again.
 */
#include <glib.h>
#include <stdbool.h>
#include "core/act/keepfile.h"
#include "core/message/message.h"

/*
 * Appends the message to the file `name` in `directory`, made if need be, under the locks of other
 * mail programs (fcntl), and syncs it. A failure takes back what was written: SPOOL_ERROR_IO.
 */
bool mbox_append(int directory, const char *name, const struct keepfile_access *access,
    const struct message *message, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Seconds to wait for the lock. */
#define MBOX_LOCK_SECONDS 10

#endif
