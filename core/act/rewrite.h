/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ACT_REWRITE_H
#define CORE_ACT_REWRITE_H
/*
 * The planned changes of a message's body, carried out: all of them together, once, as ranges of bytes over the body as it came.
 *
 * What is not to be changed stays as it is, byte for byte: other parts, their encodings, boundaries, preambles, epilogues, line ends. What
 * is changed keeps its transfer encoding and charset where these can say it. The result is well-formed MIME whatever the message was.
 *
 * Edits marked as cosmetic give way to signatures: those that would touch something signed, encrypted or an invitation, and, with `Keep
 * Signatures`, all of them where a DKIM signature (RFC 6376) would break that other edits leave whole.
 */
#include "core/message/message.h"

struct rewrite;

/*
 * Plans the new body of message->body_edits and message->facts. Changes of the message's own header that this needs (Content-*,
 * MIME-Version) are planned as header edits: so call it once, before headers_apply(). The plan refers to the message's body and is
 * for the time that the message is locked.
 * SPOOL_ERROR_IO: the system refused. SPOOL_ERROR_CORRUPT: the edits make no sense for this message. Nothing is planned then.
 */
bool rewrite_plan(
    struct message *message, struct rewrite **plan, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* NULL is allowed. */
void rewrite_free(struct rewrite *rewrite);

/* Does the body stay as it is? The header may change all the same. */
bool rewrite_is_empty(const struct rewrite *rewrite);

/* Edits that are left out: core/act/leftout.h. Borrowed; empty where none is. */
const GPtrArray *rewrite_left_out(const struct rewrite *rewrite);

/* Signatures of the sender that break all the same, for edits that are no cosmetic ones (char *): core/act/broken.h. Borrowed; empty where none does. */
const GPtrArray *rewrite_broken(const struct rewrite *rewrite);

/* Gives all of the new body, with LF line ends: spool_delivery.new_body, whose `body` is the plan. False when `take` says so. */
bool rewrite_give(
    const void *rewrite, spool_take take, void *data, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * The new body as a patch of the old one: both are the same before `offset`, and the bytes are all that the new one has from there on. NULL
 * where that is more than REWRITE_TAIL_MAX, or the queue's line ends are not those of a new body. The caller's.
 */
GBytes *rewrite_tail(const struct rewrite *rewrite, uint64_t *offset);
#define REWRITE_TAIL_MAX (64 * 1024)

#endif
