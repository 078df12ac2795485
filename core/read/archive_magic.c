/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One row a format. Compressed files are told from archives, since they are opened one layer at a time.
 */
#include "core/read/archive_magic.h"

#include <glib.h>
#include <string.h>

/* How the bytes of archives begin. */
static const struct archive_magic magics[] = {
#define MAGIC(offset, bytes, kind)                                     \
	{                                                              \
		offset, bytes, sizeof bytes - 1, false, ARCHIVE_##kind \
	}
#define WEAK(offset, bytes, kind)                                     \
	{                                                             \
		offset, bytes, sizeof bytes - 1, true, ARCHIVE_##kind \
	}
	MAGIC(0, "\x1f\x8b\x08", GZIP), MAGIC(0, "\xfd\x37zXZ\0", XZ),
	MAGIC(0, "\x28\xb5\x2f\xfd", ZSTD), MAGIC(0, "\x04\x22\x4d\x18", LZ4),
	MAGIC(0, "LZIP", LZIP), MAGIC(0, "\xed\xab\xee\xdb", RPM), WEAK(0, "BZh", BZIP2),
	WEAK(0, "\x1f\x9d", COMPRESS), WEAK(0, "\x5d\0\0", LZMA),
	MAGIC(0, "7z\xbc\xaf\x27\x1c", ANY), MAGIC(0, "!<arch>\n", ANY), /* ar, deb */
	MAGIC(0, "xar!", ANY), MAGIC(0, "070701", ANY),			 /* cpio */
	MAGIC(0, "070702", ANY), MAGIC(0, "070707", ANY), MAGIC(257, "ustar", ANY),
	MAGIC(32769, "CD001", ANY), /* ISO 9660 */
	MAGIC(2, "-lh", ANY), MAGIC(2, "-lz", ANY),
	WEAK(0, "\xc7\x71", ANY), /* cpio, either byte order */
	WEAK(0, "\x71\xc7", ANY),
	/* Not to be opened, but archives all the same. */
	MAGIC(32769, "BEA01", ANY), /* UDF */
	MAGIC(7, "**ACE**", ANY), MAGIC(0, "MSWIM\0\0\0", ANY), MAGIC(0, "vhdxfile", ANY),
	MAGIC(0, "conectix", ANY), /* VHD */
	MAGIC(0, "hsqs", ANY),	   /* squashfs */
	WEAK(0, "\x60\xea", ANY),  /* arj */
#undef MAGIC
#undef WEAK
};

/* A tar of old: no mark, but a checksum over the first header. */
static bool
is_old_tar(const char *bytes, size_t size)
{
	const uint8_t *u = (const uint8_t *)bytes;
	unsigned sum = 8 * ' ';

	if (size < 512 || u[0] == '\0')
		return false;
	for (unsigned i = 0; i < 512; i++)
		sum += i >= 148 && i < 156 ? 0 : u[i];
	return g_ascii_strtoull(bytes + 148, NULL, 8) == sum;
}

const struct archive_magic *
archive_magic_find(const char *bytes, size_t size)
{
	for (unsigned i = 0; i < G_N_ELEMENTS(magics); i++) {
		const struct archive_magic *magic = &magics[i];

		if (size >= magic->offset + magic->length &&
		    memcmp(bytes + magic->offset, magic->bytes, magic->length) == 0)
			return magic;
	}
	return NULL;
}

bool
archive_magic_is(const char *bytes, size_t size)
{
	return archive_magic_find(bytes, size) != NULL || is_old_tar(bytes, size);
}
