/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ACT_DOCTEXT_H
#define CORE_ACT_DOCTEXT_H
/*
 * `Add Text Of Doc`: the text of Word documents beside them. The program that `Antiword` names is given the document on its standard
 * input, and has `Antiword Timeout` seconds.
 */
#include <glib.h>
#include <stdbool.h>
#include "core/message/message.h"
#include "core/read/reader.h"

/* On false the message can't go on now: SPOOL_ERROR_IO, or what the reader says. A document that has no text is left as it is. */
bool doctext_add(
    struct message *message, struct reader *reader, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
