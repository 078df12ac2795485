/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_ARCHIVE_H
#define CORE_READ_ARCHIVE_H
/*
 * Archives and compressed files, by libarchive, out of memory.
 */
#include "core/read/task.h"

/* How a file is opened. */
enum archive_kind {
	ARCHIVE_ZIP,   /* it is that, and nothing else is tried */
	ARCHIVE_ANY,   /* any archive that is not compressed as a whole */
	ARCHIVE_OTHER, /* any of these but zip, which was opened */
	/* Compressed files: their one member is what was compressed. */
	ARCHIVE_BZIP2,
	ARCHIVE_COMPRESS,
	ARCHIVE_GZIP,
	ARCHIVE_LZ4,
	ARCHIVE_LZIP,
	ARCHIVE_LZMA,
	ARCHIVE_RPM,
	ARCHIVE_XZ,
	ARCHIVE_ZSTD,
};

/* Opens part n; members become parts behind it. False: it is no archive that can be opened, and nothing was said about it. */
bool archive_open(
    struct task *task, unsigned n, const char *bytes, size_t size, enum archive_kind kind);

/* Loads what libarchive needs to read names, before the process loses its file system. */
void archive_prepare(void);

#endif
