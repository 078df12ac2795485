/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ACT_BODYCHANGE_H
#define CORE_ACT_BODYCHANGE_H
/*
 * A body that differs from another in some places: the old bytes, which stay where they are, and a list of what stands in place of
 * which of them. Places count from the start of the body.
 */
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include "spool/spool.h"

/* What comes first where several changes are at one place. Of the same rank: in the order in which they were added. */
enum body_side {
	BODY_SIDE_START, /* of what begins here: the lowest rank first */
	BODY_SIDE_END,	 /* of what ends here: the highest rank first */
};

struct bodychange;

/* Looks at the body of a message that was read. SPOOL_ERROR_IO. */
struct bodychange *bodychange_new(const struct spool_entry *entry, GError **error);
/* NULL is allowed. */
void bodychange_free(struct bodychange *body);

/* The old body. Borrowed. */
const char *bodychange_bytes(const struct bodychange *body);
uint64_t bodychange_size(const struct bodychange *body);

/* `bytes` (taken over) in place of what stands from `start` to `end`, both within the body. */
void bodychange_add(struct bodychange *body, uint64_t start, uint64_t end, enum body_side side,
    unsigned rank, GString *bytes);
/* Forgets all changes. */
void bodychange_reset(struct bodychange *body);

/* Orders the changes, when all were added. SPOOL_ERROR_CORRUPT: they overlap. */
bool bodychange_settle(struct bodychange *body, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* These are for a body that is settled. */
bool bodychange_is_empty(const struct bodychange *body);
/* Up to here the new body is the old one. */
uint64_t bodychange_first(const struct bodychange *body);
uint64_t bodychange_new_size(const struct bodychange *body);
/* Gives the new body piece by piece, with LF line ends where the queue has CRLF. False when `take` says so. */
bool bodychange_give(const struct bodychange *body, spool_take take, void *data,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* What follows the first changed place in the new body; NULL where that is more than `max` bytes, or line ends change. The caller's. */
GBytes *bodychange_tail(const struct bodychange *body, uint64_t max);

#endif
