/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ACT_NOTICE_H
#define CORE_ACT_NOTICE_H
/*
 * Notices to postmasters: what was found in the messages of a batch, one mail for each address of `Notices To`. Blocks about
 * messages are made while the messages are there; mails are made of blocks when all that is left of a message is its block.
 */
#include <jansson.h>
#include "core/message/message.h"

/*
 * A block for each address that is to be told of this message, as items of an outbox (kind "notice"): an array, the caller's; empty
 * where nothing was found, `Send Notices` is no, or `Notices To` names nobody.
 */
json_t *notice_blocks(const struct message *message);

/* Sends one mail for each address with all its blocks. What can't be sent is logged. Returns how many mails went out; `told` is increased by the number of messages in them. */
unsigned notice_send(const json_t *blocks, unsigned *told);

#endif
