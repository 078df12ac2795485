/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_MAPI_H
#define CORE_READ_MAPI_H
/*
 * Lists of MAPI properties as TNEF holds them ([MS-OXTNEF] section 2.1.3.4, [MS-OXPROPS]).
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes that are left, borrowed. */
struct span {
	const uint8_t *at;
	size_t left;
};

/* A little-endian number of at most four bytes. `bad` is set where there is less, and nothing is left then. */
uint32_t span_take(struct span *span, unsigned length, bool *bad);
/* So many bytes; where there are less, these, and `bad` is set. */
struct span span_cut(struct span *span, uint64_t length, bool *bad);

enum mapi_property {
	MAPI_BODY = 0x1000,
	MAPI_RTF = 0x1009,
	MAPI_HTML = 0x1013,
	MAPI_DATA = 0x3701,
	MAPI_SHORT_NAME = 0x3704,
	MAPI_LONG_NAME = 0x3707,
	MAPI_DISPLAY_NAME = 0x3001,
};

enum mapi_type {
	MAPI_TYPE_OBJECT = 0x0d,
	MAPI_TYPE_STRING = 0x1e,
	MAPI_TYPE_UNICODE = 0x1f,
	MAPI_TYPE_BINARY = 0x102,
	MAPI_TYPE_MANY = 0x1000,
};

/* A value whose size is not fixed. False ends the walk. */
typedef bool (*mapi_take)(unsigned property, unsigned type, struct span value, void *data);

/* Gives each such value. False: the list is broken. */
bool mapi_walk(struct span list, mapi_take take, void *data);

#endif
