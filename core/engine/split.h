/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ENGINE_SPLIT_H
#define CORE_ENGINE_SPLIT_H
/*
 * `Split By Recipient`: a message whose recipients are treated differently by the rules goes through the stages once for each kind of
 * treatment, and leaves as several messages.
 */
#include "core/message/message.h"

/*
 * The messages that this one comes to, itself first, its recipients narrowed: of struct message, borrowed but for all behind the
 * first, which are the caller's and to be freed before it. Just the message itself where it is not to be split.
 */
GPtrArray *split_message(struct message *message);

#endif
