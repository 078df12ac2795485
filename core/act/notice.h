/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ACT_NOTICE_H
#define CORE_ACT_NOTICE_H
/*
 * Notices to postmasters: what was found in the messages of a batch, one mail for each address of
 * `Notices To`. Messages are written down while they are there, the mails go out after the hand-off,
 * and nothing that fails here touches a message.
 */
#include "core/message/message.h"

struct notice;

struct notice *notice_new(void);
void notice_free(struct notice *notice);

/* Writes down a message in which something was found, for whom `Send Notices` and `Notices To` say. */
void notice_add(struct notice *notice, const struct message *message);

/* Sends the mails; what can't be sent is logged. The notice is empty after. */
void notice_send(struct notice *notice);

#endif
