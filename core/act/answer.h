/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ACT_ANSWER_H
#define CORE_ACT_ANSWER_H
/*
 * Whom a program may write to because of a message of theirs (RFC 3834 section 2).
 */
#include <jansson.h>
#include "core/message/message.h"

/*
 * Why the sender of this message is to be told nothing: it is a bounce, or no address, a program or a list sent it, or its
 * Precedence is one of `Never Notify Senders Of Precedence` (which is logged). NULL when they may be told.
 */
const char *answer_silence(const struct message *message);

/*
 * A mail to the sender of this message as an item of the outbox (core/act/outbox.h), from the null sender. `what` it is, for the log; `text` with a
 * header of its own. The caller's.
 */
json_t *answer_mail(const struct message *message, const char *what, const char *text);

#endif
