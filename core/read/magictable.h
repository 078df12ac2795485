/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_MAGICTABLE_H
#define CORE_READ_MAGICTABLE_H
/*
 * libmagic's compiled table, sorted: which few of its thousands of entries a content can match is told by a look at few of its
 * bytes. Asked with these alone, libmagic says what it would have said with all of them.
 */
#include "core/read/magicentry.h"
#include "core/read/magictext.h"

struct magictable;

/* NULL when the table is not known (magicfile_load()). Kept for the life of the process; must precede the sandbox. */
struct magictable *magictable_load(void);

const struct magicfile *magictable_file(const struct magictable *table);

/*
 * The entries that this content may match, in libmagic's order: uint16_t, places in the first set, some twice. Where it may be text of an unknown
 * shape, those for text are not among them: each of them may match. `sure`: the one that will match, if it is the only one; or NULL.
 */
GArray *magictable_candidates(
    struct magictable *table, const struct magicsight *sight, const struct magicentry **sure);

#endif
