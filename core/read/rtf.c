/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The format is a window of 4096 bytes that begins filled with words that RTF often has.
 */
#include "core/read/rtf.h"

#include <string.h>

#include "core/read/little.h"

#define HEADER 16
#define MAGIC_COMPRESSED 0x75465a4cu
#define MAGIC_PLAIN 0x414c454du
#define WINDOW 4096

static const char dictionary[] =
    "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}"
    "{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArial"
    "Times New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
    "\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";

static void
expand(GByteArray *rtf, const uint8_t *at, const uint8_t *end)
{
	uint8_t window[WINDOW] = { 0 };
	unsigned write = sizeof dictionary - 1;

	memcpy(window, dictionary, sizeof dictionary - 1);
	while (at < end) {
		unsigned control = *at++;

		for (unsigned bit = 0; bit < 8 && at < end; bit++, control >>= 1) {
			unsigned read, length;

			if ((control & 1) == 0) {
				g_byte_array_append(rtf, at, 1);
				window[write] = *at++;
				write = (write + 1) % WINDOW;
				continue;
			}
			if (end - at < 2)
				return;
			read = (unsigned)at[0] << 4 | at[1] >> 4;
			length = (at[1] & 0xf) + 2;
			at += 2;
			if (read == write)
				return;
			while (length-- > 0) {
				uint8_t c = window[read];

				g_byte_array_append(rtf, &c, 1);
				window[write] = c;
				read = (read + 1) % WINDOW;
				write = (write + 1) % WINDOW;
			}
		}
	}
}

GByteArray *
rtf_decompress(const uint8_t *bytes, size_t size)
{
	GByteArray *rtf;
	uint32_t magic;

	if (size < HEADER)
		return NULL;
	magic = little32(bytes + 8);
	if (magic != MAGIC_PLAIN && magic != MAGIC_COMPRESSED)
		return NULL;
	rtf = g_byte_array_new();
	if (magic == MAGIC_PLAIN)
		g_byte_array_append(
		    rtf, bytes + HEADER, (guint)MIN(little32(bytes + 4), size - HEADER));
	else
		expand(rtf, bytes + HEADER, bytes + size);
	return rtf;
}
