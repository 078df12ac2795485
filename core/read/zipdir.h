/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_ZIPDIR_H
#define CORE_READ_ZIPDIR_H
/*
 * The two directories of a zip file (APPNOTE.TXT 4.3): the central one at its end, which most programs believe, and the headers in
 * front of each file, which those believe that read a stream. Where they differ, a file can be hidden from one of them.
 */
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct zip_entry {
	const char *name; /* in the central directory; borrowed from the bytes, not terminated */
	unsigned name_length;
	const char *local_name; /* NULL: there is no local header where it should be */
	unsigned local_length;
	const char *unicode_name; /* in an extra field (Info-ZIP 0x7075); NULL: none */
	unsigned unicode_length;
	uint64_t local; /* where its local header stands */
	unsigned flags, local_flags;
	unsigned method, local_method;
	uint64_t packed; /* bytes of its data as the central directory says */
	uint32_t crc, local_crc;
};

struct zipdir {
	GArray *entries; /* of struct zip_entry, in the order of the directory */
	bool too_many;	 /* there are more than were asked for */
	bool encrypted;	 /* the directory itself is */
};

/* NULL: there is no central directory. Of at most `maximum` entries. */
struct zipdir *zipdir_new(const char *bytes, size_t size, unsigned maximum);
/* NULL is allowed. */
void zipdir_free(struct zipdir *zipdir);

/* Whether there is a file of that name, in any case. */
bool zipdir_has(const struct zipdir *zipdir, const char *name);

/* Whether a program that believes the local header gets another content: encryption or checksum differ. */
bool zip_entry_content_differs(const struct zip_entry *entry);
/* Whether the local header says that it was packed in another way. */
bool zip_entry_method_differs(const struct zip_entry *entry);

/*
 * Positions of local headers that the central directory does not name, in what lies between the files that it names. Of size_t, at
 * most `maximum`. The caller's.
 */
GArray *zipdir_hidden(
    const struct zipdir *zipdir, const char *bytes, size_t size, unsigned maximum);

/* Whether these bytes end like a zip file, whatever they begin with. */
bool zipdir_ends_here(const char *bytes, size_t size);
/* The same, and nothing stands behind its end record and comment. */
bool zipdir_ends_exactly(const char *bytes, size_t size);

#endif
