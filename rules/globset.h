/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_GLOBSET_H
#define RULES_GLOBSET_H
/*
 * A set of address patterns in which `*` stands for any run of characters and all else for itself.
 * Asked with an address, it names the patterns that fit without trying each: a pattern is filed
 * under the literal text at its end or at its beginning.
 */
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include "rules/address.h"

/* Does the whole text fit the pattern? Takes time in proportion to the product of the lengths at
 * the very worst. */
bool glob_match(const char *pattern, const char *text, size_t length);

struct globset;

/* Called for each pattern that fits, in no particular order, with the number it was added under. */
typedef void (*globset_found)(uint32_t id, void *data);

struct globset *globset_new(void);
void globset_free(struct globset *set);

/*
 * Adds a lower-case pattern; the text is borrowed and must outlive the set. False, and nothing
 * added, when it both begins and ends with `*` (other than "*@*"): such a pattern has to be tried.
 */
bool globset_add(struct globset *set, const char *pattern, uint32_t id);

/* Each pattern that is compared takes one from `*budget`. False when that ran out before the end. */
bool globset_find(const struct globset *set, const struct address *address, unsigned *budget,
    globset_found found, void *data);

#endif
