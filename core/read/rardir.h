/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_RARDIR_H
#define CORE_READ_RARDIR_H
/*
 * The headers of a RAR 5 archive (https://www.rarlab.com/technote.htm): names, and what is encrypted.
 */
#include <glib.h>
#include <stdbool.h>

struct rar_entry {
	const char *name; /* borrowed from the bytes, UTF-8, not terminated */
	unsigned name_length;
	bool encrypted;
	bool directory;
};

struct rardir {
	GArray *entries;      /* of struct rar_entry */
	bool encrypted_names; /* the headers are encrypted: there are no entries */
};

/* NULL: it is no RAR 5 archive. Of at most `maximum` entries. */
struct rardir *rardir_new(const char *bytes, size_t size, unsigned maximum);
/* NULL is allowed. */
void rardir_free(struct rardir *rardir);

#endif
