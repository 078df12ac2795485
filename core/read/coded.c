/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * uuencode, yEnc and BinHex by themselves. GMime's uudecoder needs its "begin" line and wants to be told where it ended; these
 * formats are a loop each.
 */
#include "core/read/coded.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

static unsigned
uu_value(const char *at, const char *end)
{
	return at < end && *at >= ' ' && *at <= '`' ? (unsigned)(*at - ' ') & 63 : 0;
}

size_t
coded_uu_decode(const char *at, const char *end, char *out)
{
	size_t size = 0;

	while (at < end) {
		const char *lf = memchr(at, '\n', (size_t)(end - at));
		const char *stop = lf != NULL ? lf : end;
		size_t count = uu_value(at, stop), need;

		while (stop > at && stop[-1] == '\r')
			stop--;
		need = (count + 2) / 3 * 4;
		/* A line that is too short lost its blanks; one of prose is too long or has no data. */
		if (stop > at && (size_t)(stop - at - 1) <= need + 2) {
			for (const char *four = at + 1; count > 0 && four < stop; four += 4) {
				unsigned a = uu_value(four, stop), b = uu_value(four + 1, stop),
					 c = uu_value(four + 2, stop), d = uu_value(four + 3, stop);
				char three[3] = { (char)(a << 2 | b >> 4), (char)(b << 4 | c >> 2),
					(char)(c << 6 | d) };
				size_t take = MIN(count, 3);

				memcpy(out + size, three, take);
				size += take;
				count -= take;
			}
		}
		at = lf != NULL ? lf + 1 : end;
	}
	return size;
}

size_t
coded_yenc_decode(const char *at, const char *end, char *out)
{
	size_t size = 0;

	while (at < end) {
		const char *lf = memchr(at, '\n', (size_t)(end - at));
		const char *stop = lf != NULL ? lf : end;

		if (end - at >= 6 && memcmp(at, "=ypart", 6) == 0)
			at = stop;
		for (; at < stop; at++) {
			unsigned char byte = (unsigned char)*at;

			if (byte == '\r' && at + 1 == stop)
				break;
			if (byte == '=' && at + 1 < stop)
				byte = (unsigned char)(*++at - 64);
			out[size++] = (char)(byte - 42);
		}
		at = lf != NULL ? lf + 1 : end;
	}
	return size;
}

/* Six bits a character, to the colon that ends it; where it stopped. */
static const char *
binhex_bits(const char *at, const char *end, GByteArray *bytes)
{
	static const char alphabet[] =
	    "!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr";
	unsigned bits = 0, save = 0;

	for (; at < end && *at != ':'; at++) {
		const char *found = *at != '\0' ? strchr(alphabet, *at) : NULL;

		if (found == NULL)
			continue;
		save = (save << 6 | (unsigned)(found - alphabet)) & 0xffff;
		bits += 6;
		if (bits >= 8) {
			guint8 byte = (guint8)(save >> (bits - 8));

			g_byte_array_append(bytes, &byte, 1);
			bits -= 8;
		}
	}
	return at < end ? at + 1 : end;
}

/* Runs: byte, 0x90, count. */
static GByteArray *
binhex_runs(const GByteArray *packed, uint64_t limit)
{
	GByteArray *bytes = g_byte_array_new();

	for (guint i = 0; i < packed->len && bytes->len < limit; i++) {
		guint8 byte = packed->data[i];
		unsigned count = 1;

		if (byte == 0x90 && i + 1 < packed->len) {
			unsigned run = packed->data[++i];

			if (run != 0 && bytes->len > 0) {
				byte = bytes->data[bytes->len - 1];
				count = run - 1;
			}
		}
		while (count-- > 0)
			g_byte_array_append(bytes, &byte, 1);
	}
	return bytes;
}

const char *
coded_binhex_decode(
    const char *at, const char *end, uint64_t limit, char **name, char **data, size_t *size)
{
	g_autoptr(GByteArray) packed = g_byte_array_new();
	g_autoptr(GByteArray) bytes = NULL;
	const guint8 *fork;
	size_t head;

	while (at < end && g_ascii_isspace(*at))
		at++;
	if (at == end || *at != ':')
		return NULL;
	at = binhex_bits(at + 1, end, packed);
	bytes = binhex_runs(packed, MIN(limit, G_MAXINT32));
	head = bytes->len > 0 ? bytes->data[0] + (size_t)22 : 22;
	if (bytes->len < head)
		return NULL;
	*name = g_strndup((const char *)bytes->data + 1, bytes->data[0]);
	/* Behind the name: version, type, creator, flags, lengths of both forks, checksum. */
	fork = bytes->data + bytes->data[0] + 12;
	*size = (size_t)fork[0] << 24 | (size_t)fork[1] << 16 | (size_t)fork[2] << 8 | fork[3];
	*size = MIN(*size, bytes->len - head);
	*data = g_memdup2(bytes->data + head, *size);
	return at;
}
