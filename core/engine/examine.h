/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ENGINE_EXAMINE_H
#define CORE_ENGINE_EXAMINE_H
/*
 * The stage in which a message is opened.
 */
#include "core/message/message.h"
#include "core/read/reader.h"

/*
 * In two steps (reader_receive()): between them the reader can be asked about the next message. Afterwards message->facts is set, or the
 * message is left in the queue because the system could not do it. Where the message ended or overran the reader, the facts are one part
 * that could not be read, and it bears the finding (denial), or with `Ignore Denial Of Service` a note; that is logged. `error` is what
 * the first step came to, for the second, which frees it.
 */
void examine_receive(struct reader *reader, struct message *message, GError **error);
void examine_settle(struct reader *reader, struct message *message, GError *error);

#endif
