/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_ARCHIVE_MAGIC_H
#define CORE_READ_ARCHIVE_MAGIC_H
/*
 * How archives begin, but for zip, RAR and cabinets.
 */
#include "core/read/archive.h"

struct archive_magic {
	size_t offset; /* where these bytes stand */
	const char *bytes;
	size_t length;
	bool
	    weak; /* the mark is so short that others begin like that: failing to open it says nothing */
	enum archive_kind kind;
};

/* NULL: none. */
const struct archive_magic *archive_magic_find(const char *bytes, size_t size);
/* The same, or a tar file of old, which has a checksum and no mark. */
bool archive_magic_is(const char *bytes, size_t size);

#endif
