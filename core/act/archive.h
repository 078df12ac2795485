/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ACT_ARCHIVE_H
#define CORE_ACT_ARCHIVE_H
/*
 * `Archive Mail`: copies of every message as it came, in directories (the queue files, under
 * <directory>/<yyyymmdd>/) and in mbox files; and further addresses that get what is delivered.
 *
 * In a place's name _DATE_ is yyyymmdd and _HOUR_ the hour (two digits), _FROMUSER_, _FROMDOMAIN_,
 * _TOUSER_ and _TODOMAIN_ are parts of the addresses in lower case; the last two stand for each
 * recipient in turn, one copy for each different result. Addresses are made safe for paths:
 * keep_part() in core/act/keep.h.
 */
#include <glib.h>
#include <stdbool.h>
#include "core/message/message.h"

/*
 * Does what `Archive Mail` says for this message. On true all copies in mbox files are on disk, and the others will be
 * after copies_settle() (core/act/copies.h); a FINDING_copy says where each is, and `*stored` tells whether there are any (added recipients don't count). On false the message must
 * stay in its queue: SPOOL_ERROR_IO.
 */
bool archive_message(
    struct message *message, bool *stored, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
