/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_CODED_H
#define CORE_READ_CODED_H
/* Codes for files in texts. Data that is broken gives what there is of it. */
#include <stddef.h>
#include <stdint.h>

/* The lines between "begin" and "end"; `out` has room for as many bytes as there are. */
size_t coded_uu_decode(const char *at, const char *end, char *out);

/* The lines between "=ybegin" and "=yend"; `out` likewise. */
size_t coded_yenc_decode(const char *at, const char *end, char *out);

/*
 * What follows the banner of BinHex 4.0: the data fork and its name, the caller's; where it stopped, or NULL when it is none. At
 * most `limit` bytes are unpacked.
 */
const char *coded_binhex_decode(
    const char *at, const char *end, uint64_t limit, char **name, char **data, size_t *size);

#endif
