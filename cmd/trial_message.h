/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_TRIAL_MESSAGE_H
#define CMD_TRIAL_MESSAGE_H
/*
 * The message that a function is tried on: a file, one of a queue, or an envelope alone.
 */
#include <glib.h>
#include "core/message/message.h"

struct trial_message {
	struct message *message; /* NULL: there is only an envelope, or not even that */
	struct subject *subject; /* the message's, or of the envelope; NULL: neither */
	GPtrArray *all;		 /* the message, or nothing */
	char *fault;
};

/*
 * Reads it, and finds in it what the checks find. `what` is a file or the id of a message in a queue, which stays locked until it is
 * cleared; NULL: just the envelope, where anything of that is given. `from`, `to` and `ip` take the place of its own; NULL: those stay.
 * EX_OK, or the exit status with `fault`: EX_NOINPUT, EX_TEMPFAIL, EX_OSERR, EX_CONFIG. To be cleared whatever the result.
 */
int trial_message_take(struct trial_message *message, const char *what, const char *from,
    const char *const *to, const char *ip);
void trial_message_clear(struct trial_message *message);

#endif
