/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef T_UNIT_ACTIVEMIME_FIXTURE_H
#define T_UNIT_ACTIVEMIME_FIXTURE_H
/* ActiveMime as Word writes it, with macros in it. */
#include <glib.h>
#include <zlib.h>
#include "t/unit/ole_fixture.h"

#define ACTIVEMIME_HEADER 0x32

/* Adds `size` bytes, compressed. */
static inline void
activemime_pack(GByteArray *bytes, const void *content, size_t size)
{
	uLongf length = compressBound(size);
	g_autofree guint8 *packed = g_malloc(length);

	g_assert_cmpint(compress(packed, &length, content, size), ==, Z_OK);
	g_byte_array_append(bytes, packed, (guint)length);
}

/* The caller's. */
static inline GByteArray *
activemime_make(void)
{
	static const guint8 header[ACTIVEMIME_HEADER] =
	    "ActiveMime\0\0\1\xf0\4\0\0\0\xff\xff\xff\xff";
	uint8_t file[OLE_SIZE];
	GByteArray *bytes = g_byte_array_new();

	ole_make(file, "Macros", "x", OLE_STORAGE);
	g_byte_array_append(bytes, header, sizeof header);
	bytes->data[0x1e] = 4;
	ole_put32(bytes->data + 0x2e, OLE_SIZE);
	activemime_pack(bytes, file, sizeof file);
	return bytes;
}

#endif
