/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_MAGICSET_H
#define CORE_READ_MAGICSET_H
/* libmagic, with a few of its entries: those that a content may match. */
#include <magic.h>

#include "core/read/magictable.h"

struct magicset;

/*
 * The set of just these entries (magictable_candidates(), which are taken), and all for text, if `with_text`. It is kept, for the next content like
 * this; a bounded number of them. Valid until the next call. NULL: libmagic is to be asked with all entries.
 */
const struct magicset *magicset_get(
    const struct magictable *table, GArray *candidates, bool with_text);

/* For descriptions, and for MIME types. NULL: libmagic is to be asked with all entries. */
magic_t magicset_words(const struct magicset *set);
magic_t magicset_types(const struct magicset *set);

/* Whether there are none. */
bool magicset_is_empty(const struct magicset *set);

#endif
