/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ACT_PACK_H
#define CORE_ACT_PACK_H
/*
 * `Zip Attachments` and what belongs to it: attachments are packed into one archive, which takes their place.
 */
#include <glib.h>
#include <stdbool.h>
#include "core/message/message.h"
#include "core/read/reader.h"

/* On false the message can't go on now: SPOOL_ERROR_IO, or what the reader says. Files that can't be packed stay as they are. */
bool pack_attachments(
    struct message *message, struct reader *reader, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
