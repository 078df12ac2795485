/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_MAGICTABLE_H
#define CORE_READ_MAGICTABLE_H
/*
 * libmagic's compiled table, sorted for text: which of its entries a text can't match is told by a look at few of its bytes; the
 * rest is a small table of its own, to be asked instead of the whole.
 */
#include <stdbool.h>
#include <stddef.h>

struct magictable;

/*
 * Reads the table that magic_load(NULL) would load. NULL when there is none of the format that is known here (5.44's), or when an
 * administrator has added entries: then libmagic is to be asked as it is. It is kept for the life of the process.
 */
struct magictable *magictable_load(void);

/* What is left, for magic_load_buffers(). The table's. */
void magictable_rest(struct magictable *table, void **buffer, size_t *size);

/*
 * False: no entry that is missing in the rest can match. The bytes are text (no control characters but those of text), and no
 * regular expression of libmagic's matches them.
 */
bool magictable_may_match(const struct magictable *table, const char *bytes, size_t size);

#endif
