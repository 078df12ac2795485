/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ACT_KEEP_ENVELOPE_H
#define CORE_ACT_KEEP_ENVELOPE_H
/*
 * The file `envelope` beside what is kept of a message: who sent it to whom, and what was found, in lines "Name: value".
 */
#include "core/message/message.h"

/* The lines, with the recipients that the message is for. The caller's. */
GString *keep_envelope_text(const struct message *message);

/*
 * Adds those of `lines` that `text` lacks: what is kept of parts of a message that was split lies in one directory, and of
 * an earlier attempt, too. True when there were any.
 */
bool keep_envelope_merge(GString *text, const char *lines);

#endif
