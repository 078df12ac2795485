/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ACT_UNZIP_H
#define CORE_ACT_UNZIP_H
/*
 * `Unzip Maximum Files Per Archive` and what belongs to it: small files of a small archive are laid beside it.
 */
#include <glib.h>
#include <stdbool.h>
#include "core/message/message.h"
#include "core/read/reader.h"

/* On false the message can't go on now: SPOOL_ERROR_IO, or what the reader says. A file that can't be read is left out. */
bool unzip_small_files(
    struct message *message, struct reader *reader, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
