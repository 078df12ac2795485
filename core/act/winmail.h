/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ACT_WINMAIL_H
#define CORE_ACT_WINMAIL_H
/*
 * `Use TNEF Contents`: files out of a winmail.dat, which few mail programs can open, become attachments of the message.
 */
#include <glib.h>
#include <stdbool.h>
#include "core/message/message.h"
#include "core/read/reader.h"

/*
 * Plans it for each winmail.dat. It goes where the directive says "replace" and all that it held could be had. Where it was replaced by a
 * report because of some files in it, the others become attachments all the same. The text of the message in it is taken only where the
 * message has no other. On false the message can't go on now: SPOOL_ERROR_IO, or what the reader says.
 */
bool winmail_expand(
    struct message *message, struct reader *reader, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
