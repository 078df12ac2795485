/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Records are walked without a stack: one that holds others is entered, all others are stepped over.
 */
#include "core/read/powerpoint.h"

#include <string.h>
#include <zlib.h>

#include "core/read/little.h"

#define RECORD_HEADER 8
#define RECORD_HOLDS_OTHERS 0xf
#define RECORD_STORAGE 0x1011

static void
inflate_into(struct member *member, const char *bytes, size_t size)
{
	z_stream stream = { .next_in = (Bytef *)(uintptr_t)bytes, .avail_in = (uInt)size };
	char piece[16384];
	int answer = Z_OK;

	if (inflateInit(&stream) != Z_OK)
		return;
	while (answer == Z_OK) {
		stream.next_out = (Bytef *)piece;
		stream.avail_out = sizeof piece;
		answer = inflate(&stream, Z_NO_FLUSH);
		if (stream.avail_out < sizeof piece &&
		    !member_write(member, piece, sizeof piece - stream.avail_out))
			break;
	}
	if (answer != Z_STREAM_END)
		part_set(member_part(member), PART_FACT_truncated);
	inflateEnd(&stream);
}

static void
take_storage(struct container *container, bool packed, const char *bytes, size_t size)
{
	struct part *around = facts_part(container->task->facts, container->part);
	struct member member;

	part_set(around, PART_FACT_embedded_object);
	if (container->names_only || !member_begin(&member, container, "object", 6))
		return;
	/* They have no names, so each has this one. */
	member_part(&member)->facts &= ~(UINT64_C(1) << PART_FACT_same_name);
	if (packed && size >= 4)
		inflate_into(&member, bytes + 4, size - 4);
	else
		member_write(&member, bytes, size);
	member_end(&member);
	if (part_has(member_part(&member), PART_FACT_vba))
		part_set(around, PART_FACT_vba);
}

void
powerpoint_read(struct container *container, const char *bytes, size_t size)
{
	const char *p = bytes, *end = bytes + size;

	while (end - p >= RECORD_HEADER && !container->stopped) {
		uint32_t version = little16(p), type = little16(p + 2);
		size_t length = MIN(little32(p + 4), (size_t)(end - p - RECORD_HEADER));

		p += RECORD_HEADER;
		if ((version & 0xf) == RECORD_HOLDS_OTHERS)
			continue;
		if (type == RECORD_STORAGE)
			take_storage(container, version >> 4 == 1, p, length);
		p += length;
	}
}
