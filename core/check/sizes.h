/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_CHECK_SIZES_H
#define CORE_CHECK_SIZES_H
/*
 * Sizes of the message and of its attachments: `Maximum Message Size`, `Maximum Attachment Size`, `Minimum Attachment Size`.
 */
struct message;

/* How many problems. */
unsigned check_sizes(struct message *message);

#endif
