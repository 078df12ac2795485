/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ACT_HEADERS_H
#define CORE_ACT_HEADERS_H
/*
 * Our own header fields, and what else the configuration does to the header of a message that is delivered: planned as
 * edits, in MailScanner's order (information, id, status, envelope, subject, and removals last, so that they reach our own too).
 */
#include "core/message/message.h"

/* Plans the header edits of a message that is to be delivered. */
void headers_plan(struct message *message);

/* Carries the planned header edits out on the message's header list. Once. */
void headers_apply(struct message *message);

#endif
