/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_CHECK_CRYPT_H
#define CORE_CHECK_CRYPT_H
/*
 * Messages that are encrypted, or are not: `Block Encrypted Messages`, `Block Unencrypted Messages`. Encrypted are multipart/encrypted
 * and S/MIME enveloped data.
 */
struct message;

/* How many problems. */
unsigned check_encryption(struct message *message);

#endif
