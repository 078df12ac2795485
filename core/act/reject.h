/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ACT_REJECT_H
#define CORE_ACT_REJECT_H
/*
 * `Reject Message`: the message is not delivered, and its sender is told so by `Rejection Report` (or
 * a text of our own where that file is missing), from the null sender.
 *
 * Nobody is told when there is no sender who could be, when the report's name is blank, or when the
 * message was itself sent by a program or through a list (RFC 3834 section 2): then it is dropped,
 * and the log says so.
 */
#include <glib.h>
#include <jansson.h>
#include <stdbool.h>
#include "core/message/message.h"

/*
 * Settles the fate (FATE_DROP) of a message for which the directive says yes, and notes whether its sender is to be told; leaves all
 * others alone. False: the rules can't tell: the message must stay in its queue.
 */
bool reject_message(struct message *message, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The mail for the sender of a message that was rejected, an item of the outbox; NULL when nobody is to be told. The caller's. */
json_t *reject_mail(const struct message *message);

#endif
