/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two formats wrap a zlib stream each into a few bytes of their own. The checksum at its end counts for nothing: those who open such
 * files do not ask for it, so one that is wrong leaves what was there, with a note.
 */
#include "core/read/inflated.h"

#include <glib.h>
#include <stdint.h>
#include <zlib.h>

#define PIECE 65536

enum inflated
inflated_read(const char *bytes, size_t size, inflated_take take, void *data)
{
	g_autofree unsigned char *piece = g_malloc(PIECE);
	z_stream stream = {
		.next_in = (Bytef *)(uintptr_t)bytes,
		.avail_in = (uInt)MIN(size, UINT32_MAX),
	};
	enum inflated answer = INFLATED_WHOLE;
	int status = Z_OK;

	if (inflateInit(&stream) != Z_OK)
		return INFLATED_BROKEN;
	while (status == Z_OK && answer == INFLATED_WHOLE) {
		stream.next_out = piece;
		stream.avail_out = PIECE;
		status = inflate(&stream, Z_NO_FLUSH);
		if (stream.avail_out < PIECE && !take(piece, PIECE - stream.avail_out, data))
			answer = INFLATED_STOPPED;
	}
	inflateEnd(&stream);
	if (answer == INFLATED_WHOLE && status != Z_STREAM_END)
		answer = status == Z_BUF_ERROR ? INFLATED_CUT : INFLATED_BROKEN;
	return answer;
}

bool
inflated_begins(const char *bytes, size_t size)
{
	const uint8_t *u = (const uint8_t *)bytes;
	z_stream stream = {
		.next_in = (Bytef *)(uintptr_t)bytes,
		.avail_in = (uInt)MIN(size, UINT32_MAX),
	};
	uint8_t first;

	/* Method, window, no dictionary, a sum over both bytes. */
	if (size < 3 || (u[0] & 0xf) != 8 || u[0] > 0x78 || (u[1] & 0x20) != 0 ||
	    (u[0] << 8 | u[1]) % 31 != 0 || inflateInit(&stream) != Z_OK)
		return false;
	stream.next_out = &first;
	stream.avail_out = 1;
	inflate(&stream, Z_NO_FLUSH);
	inflateEnd(&stream);
	return stream.avail_out == 0;
}
