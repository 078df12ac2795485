/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ACT_LEFTOUT_H
#define CORE_ACT_LEFTOUT_H
/*
 * Planned edits of a body that are not carried out: with what they would change something would break that is worth more.
 */
#include "core/message/message.h"

struct left_out {
	const struct body_edit *edit; /* the message's; NULL: every cosmetic one */
	char *why;		      /* a sentence for the log and for people */
};

/* An empty list of struct left_out, the caller's. */
GPtrArray *left_out_new(void);

/* Takes `why` over. */
void left_out_add(GPtrArray *list, const struct body_edit *edit, char *why);

bool left_out_has(const GPtrArray *list, const struct body_edit *edit);

#endif
