/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ACT_PACK_H
#define CORE_ACT_PACK_H
/*
 * Conveniences for readers of mail: attachments packed into one archive, small text files of an archive laid open, the text of
 * documents beside them.
 *
 * On false the message can't go on now: SPOOL_ERROR_IO, or what the reader says. A file that can't be packed or read is left as
 * it is.
 */
#include <glib.h>
#include <stdbool.h>
#include "core/message/message.h"
#include "core/read/reader.h"

/* `Zip Attachments` and what belongs to it. */
bool pack_attachments(
    struct message *message, struct reader *reader, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* `Unzip Maximum Files Per Archive` and what belongs to it. */
bool pack_unzip(
    struct message *message, struct reader *reader, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* `Add Text Of Doc`: the program that `Antiword` names is given the document on its standard input. */
bool pack_document_text(
    struct message *message, struct reader *reader, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
