/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_QUOTED_H
#define CORE_READ_QUOTED_H
/*
 * Quoted-printable (RFC 2045 section 6.7), as far as all programs agree on it, fast.
 */
#include <stddef.h>

/*
 * Decodes up to the first escape that is neither a byte nor a soft line break, and up to `limit` decoded bytes, behind which nothing is
 * read. Returns how many bytes were read; what they give is in `out` (NULL: not wanted) and `length` how much. What stands behind is to
 * be decoded as if nothing had been before it.
 */
size_t quoted_plain(const char *bytes, size_t size, char *out, size_t limit, size_t *length);

#endif
