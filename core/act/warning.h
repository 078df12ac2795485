/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ACT_WARNING_H
#define CORE_ACT_WARNING_H
/*
 * Telling a sender what was found in their message and what became of it.
 */
#include <jansson.h>
#include "core/message/message.h"

/*
 * The mail for the sender, as an item of an outbox; NULL where none is to be sent: nothing was found, the directives `Notify
 * Senders ...` say no, what was found is silent, there is no sender to answer to, a program or a list sent it, or the sender was
 * warned `Sender Warnings Per Hour` times already by this worker within the hour. The caller's.
 */
json_t *warning_mail(const struct message *message);

#endif
