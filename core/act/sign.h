/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ACT_SIGN_H
#define CORE_ACT_SIGN_H
/*
 * What is put into messages in which nothing is wrong: the site's signature below them, a warning above those that come from
 * outside. All of it is cosmetic, so that it gives way to signatures of the sender.
 */
#include "core/message/message.h"

/* `Sign Clean Messages` and what belongs to it. For messages without infections only. */
void sign_plan(struct message *message);

/* `External Message Warning`. True when one was planned. */
bool sign_plan_external(struct message *message);

#endif
