/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_MESSAGE_VIEW_H
#define CMD_MESSAGE_VIEW_H
/* What `ls` and `show` say of a message in the same words. */
#include <jansson.h>
#include "core/engine/survey.h"
#include "core/message/message.h"

/* The state with its reason: "waiting", "bad: in/x-H line 4: ...", "retry at 2026-11-22 10:02:41". The caller's. */
char *message_view_state(const struct surveyed *message);

/* id, directory, received, size, sender, recipients, state, why, attempts, next; null for what is not known. A new reference. */
json_t *message_view_json(const struct surveyed *message);

/*
 * The object of mailscanner-message(5), with what only the queue knows in its member "queue". `message` NULL: it could not be read.
 * A new reference.
 */
json_t *message_view_whole(const struct surveyed *surveyed, const struct message *message);

#endif
