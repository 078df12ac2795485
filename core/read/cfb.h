/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_CFB_H
#define CORE_READ_CFB_H
/*
 * Compound files ([MS-CFB]): the file system in a file that OLE2 documents are.
 */
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Entries of a directory that are looked at. */
#define CFB_ENTRIES_MAX 65536
#define CFB_NONE UINT32_MAX

struct cfb_entry {
	char *name;	 /* UTF-8 */
	bool storage;	 /* else a stream */
	uint32_t parent; /* CFB_NONE: nothing leads to it, or it is the root */
	uint32_t left, right, child;
	uint32_t start;
	uint64_t size;
};

struct cfb {
	GArray *entries; /* of struct cfb_entry; 0 is the root */
	bool damaged;	 /* chains lead nowhere, or the file ends too early */
	/* Private. */
	const uint8_t *bytes;
	size_t size;
	unsigned shift, mini_shift;
	uint32_t mini_cutoff;
	GArray *fat_sectors; /* of uint32_t */
	GByteArray *mini, *mini_fat;
};

bool cfb_is(const char *bytes, size_t size);
/* NULL: there is no directory to be found. The bytes are borrowed. */
struct cfb *cfb_open(const char *bytes, size_t size);
/* NULL is allowed. */
void cfb_close(struct cfb *cfb);

const struct cfb_entry *cfb_entry(const struct cfb *cfb, uint32_t n);
/* An entry of that name, in any case, in the storage. CFB_NONE: there is none. */
uint32_t cfb_find(const struct cfb *cfb, uint32_t parent, const char *name);
/* The content of a stream, as much of it as there is. The caller's. */
GByteArray *cfb_stream(struct cfb *cfb, uint32_t n);

#endif
