/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_SMIME_H
#define CORE_READ_SMIME_H
/*
 * Cryptographic messages (CMS, RFC 5652) as S/MIME carries them (RFC 8551 section 3): application/pkcs7-mime, files that end in
 * .p7m, and whatever begins like one. Nothing is verified or decrypted.
 */
#include <stdbool.h>
#include <stddef.h>
#include "core/read/task.h"

/*
 * Looks at part n; true: it is one. Of signed data that holds its content, and of compressed data (RFC 3274), the content is
 * read: a message part becomes members of part n as those of an attached message do; anything else (document.pdf.p7m) is one file.
 *
 * PART_FACT_mime_signed: signed data. PART_FACT_mime_encrypted: enveloped or encrypted data. PART_FACT_unreadable: compressed
 * data that can't be decompressed, or something that calls itself S/MIME and is none. PART_FACT_truncated: it ends too early; what is there was read.
 */
bool smime_open(struct task *task, unsigned n, const char *bytes, size_t size);

#endif
