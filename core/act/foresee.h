/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ACT_FORESEE_H
#define CORE_ACT_FORESEE_H
/*
 * What would become of a message that was judged, for people who ask before it happens. Nothing is written, stored or sent.
 */
#include "core/message/message.h"

/*
 * Sentences (char *), the caller's: whether it would be stopped, what would be changed in it and by whom, which signatures would break
 * and which changes would be left out for them. Empty where it would leave as it came but for its header. What a plan needs is
 * planned in `message`, which is of no use for a delivery any more.
 */
GPtrArray *foresee(struct message *message);

#endif
