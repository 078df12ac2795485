/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_LITTLE_H
#define CORE_READ_LITTLE_H
/*
 * Numbers with their lowest byte first, as nearly all formats of files have them, at any address.
 */
#include <stdint.h>

static inline uint32_t
little16(const void *bytes)
{
	const uint8_t *p = bytes;

	return p[0] | (uint32_t)p[1] << 8;
}

static inline uint32_t
little32(const void *bytes)
{
	const uint8_t *p = bytes;

	return little16(p) | little16(p + 2) << 16;
}

static inline uint64_t
little64(const void *bytes)
{
	const uint8_t *p = bytes;

	return little32(p) | (uint64_t)little32(p + 4) << 32;
}

#endif
