/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_BASE64_H
#define CORE_READ_BASE64_H
/*
 * Base64 (RFC 2045 section 6.8), as far as all programs agree on it, which is nearly all there is of it, fast.
 */
#include <stdbool.h>
#include <stddef.h>

/*
 * Decodes whole groups of four signs, with white space between them or within, up to the first group that has any other byte in
 * it, padding included. Returns how many bytes were read; what they give is in `out`, which has room for three quarters of
 * `size`, and in `length` how much. What stands behind is to be decoded as if nothing had been before it.
 */
size_t base64_plain(const char *bytes, size_t size, char *out, size_t *length);

/* Bytes that base64 does not have. `padded`: something follows the padding. */
bool base64_is_rubbish(const char *bytes, size_t size, bool *padded);

#endif
