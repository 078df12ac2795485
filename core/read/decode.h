/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_DECODE_H
#define CORE_READ_DECODE_H
/*
 * Transfer encodings (RFC 2045 section 6), as GMime decodes them.
 */
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

enum encoding {
	ENCODING_NONE, /* 7bit, 8bit, binary, or nothing said */
	ENCODING_BASE64,
	ENCODING_BASE64_BLOCKS, /* padding ends a block, another one may follow */
	ENCODING_QUOTED_PRINTABLE,
	ENCODING_UUENCODE,
	ENCODING_UNKNOWN, /* read like none */
};

/* What the value of a Content-Transfer-Encoding field (lower case, without comments) means. */
enum encoding encoding_named(const char *name);
/* What a reader that is generous takes it for. */
enum encoding encoding_guessed(const char *value);

/* The most bytes that decoding gives. */
uint64_t decode_bound(enum encoding encoding, uint64_t size);
/* The decoded bytes, the caller's; NULL for what needs no decoding. */
char *decode(enum encoding encoding, const char *bytes, size_t size, size_t *length);

#endif
