/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_INFLATED_H
#define CORE_READ_INFLATED_H
/*
 * zlib's format (RFC 1950), taken apart piece by piece, so that whoever counts can stop it.
 */
#include <stdbool.h>
#include <stddef.h>

enum inflated {
	INFLATED_WHOLE,
	INFLATED_CUT,	 /* it ends too early; what was there was given */
	INFLATED_BROKEN, /* it goes on as nothing that zlib writes; the same */
	INFLATED_STOPPED /* nobody wanted more */
};

/* False: no more of it. */
typedef bool (*inflated_take)(const void *bytes, size_t length, void *data);

/* Gives what the stream at the beginning of `bytes` holds to `take`; what stands behind the stream is not looked at. */
enum inflated inflated_read(const char *bytes, size_t size, inflated_take take, void *data);

/* Whether a stream begins here: its two bytes of header, and a byte at least that comes out of it. */
bool inflated_begins(const char *bytes, size_t size);

#endif
