/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Values of fixed size are of no interest to anybody here; but they have to be known, to be passed over.
 */
#include "core/read/mapi.h"

#include <glib.h>

/* Values of a property, properties of an object. */
#define COUNT_MAX 100000

uint32_t
span_take(struct span *span, unsigned length, bool *bad)
{
	uint32_t value = 0;

	if (span->left < length) {
		*bad = true;
		span->left = 0;
		return 0;
	}
	for (unsigned i = 0; i < length; i++)
		value |= (uint32_t)span->at[i] << 8 * i;
	span->at += length;
	span->left -= length;
	return value;
}

struct span
span_cut(struct span *span, uint64_t length, bool *bad)
{
	struct span taken = { .at = span->at, .left = length };

	if (span->left < length) {
		*bad = true;
		taken.left = span->left;
	}
	span->at += taken.left;
	span->left -= taken.left;
	return taken;
}

/* Bytes of a value of fixed size, padded. 0: it has a length of its own. */
static unsigned
fixed_size(unsigned type)
{
	switch (type) {
	case 0x02: /* short */
	case 0x03: /* long */
	case 0x04: /* float */
	case 0x0a: /* error */
	case 0x0b: /* boolean */
		return 4;
	case 0x05: /* double */
	case 0x06: /* currency */
	case 0x07: /* time */
	case 0x14: /* 64 bits */
	case 0x40: /* file time */
		return 8;
	case 0x48: /* GUID */
		return 16;
	}
	return 0;
}

static void
skip_property_name(struct span *span, bool *bad)
{
	span_cut(span, 16, bad);
	if (span_take(span, 4, bad) == 0)
		span_take(span, 4, bad);
	else
		span_cut(span, ((uint64_t)span_take(span, 4, bad) + 3) & ~UINT64_C(3), bad);
}

/* Values of one property. False: enough was taken. */
static bool
walk_values(struct span *span, unsigned id, unsigned type, bool *bad, mapi_take take, void *data)
{
	unsigned fixed = fixed_size(type & ~(unsigned)MAPI_TYPE_MANY);
	bool variable = fixed == 0;
	uint32_t count = (type & MAPI_TYPE_MANY) || variable ? span_take(span, 4, bad) : 1;

	if (count > COUNT_MAX)
		*bad = true;
	for (uint32_t i = 0; i < count && !*bad; i++) {
		uint32_t length = variable ? span_take(span, 4, bad) : fixed;
		struct span value = span_cut(span, length, bad);

		span_cut(span, MIN(span->left, (4 - length % 4) % 4), bad);
		if (variable && !*bad && !take(id, type & ~(unsigned)MAPI_TYPE_MANY, value, data))
			return false;
	}
	return true;
}

bool
mapi_walk(struct span list, mapi_take take, void *data)
{
	bool bad = false, more = true;
	uint32_t count = span_take(&list, 4, &bad);

	if (count > COUNT_MAX)
		bad = true;
	for (uint32_t i = 0; i < count && !bad && more; i++) {
		unsigned type = span_take(&list, 2, &bad);
		unsigned id = span_take(&list, 2, &bad);

		if (id >= 0x8000)
			skip_property_name(&list, &bad);
		more = walk_values(&list, id, type, &bad, take, data);
	}
	return !bad;
}
