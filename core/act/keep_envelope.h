/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ACT_KEEP_ENVELOPE_H
#define CORE_ACT_KEEP_ENVELOPE_H
/*
 * The file `envelope` beside what is kept of a message: who sent it to whom, and what was found, in lines "Name: value".
 */
#include <glib.h>
#include <stdbool.h>
#include "core/act/keepfile.h"
#include "core/message/message.h"

/*
 * Writes it, with the recipients that the message is for. Where there is one already, from another part of its recipients or an earlier
 * attempt, the lines that it lacks are added. SPOOL_ERROR_IO.
 */
bool keep_envelope(const struct message *message, int directory,
    const struct keepfile_access *access, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
