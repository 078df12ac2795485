/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_MAGICSIEVE_H
#define CORE_READ_MAGICSIEVE_H
/*
 * Which of many entries are worth a judgement, told by a look at few of a content's bytes. More may be found than match, never less.
 */
#include "core/read/magicentry.h"
#include "core/read/magicregex.h"

struct magicsieve;

/* For entries that are tried on bytes, or on text. For the life of the process. */
struct magicsieve *magicsieve_new(bool text);

/* Sorts in entry number n. `regex`: what it is, if it is one; or NULL. All are sorted in before the first is found. */
void magicsieve_add(struct magicsieve *sieve, const struct magicentry *entry, uint16_t n,
    const struct magicregex *regex);
void magicsieve_close(struct magicsieve *sieve);

/* Entries that were found, each once. */
struct magicmarks {
	uint32_t *seen; /* a bit for each entry */
	GArray *found;	/* of uint16_t */
};

void magicsieve_find(
    const struct magicsieve *sieve, const struct magicview *view, struct magicmarks *marks);

#endif
