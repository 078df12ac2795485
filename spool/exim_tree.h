/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SPOOL_EXIM_TREE_H
#define SPOOL_EXIM_TREE_H
/*
 * The non-recipients of an Exim message: addresses that have been dealt with. In the file they are
 * a binary search tree in pre-order, a line each: has it a left child, a right one (Y or N), and
 * the address; or the single line "XX". Exim finds an address by descending, so one that is out of
 * order is delivered to again.
 */
#include <glib.h>
#include <stdbool.h>
#include "spool/exim_text.h"

struct exim_tree {
	GPtrArray *addresses; /* char *, sorted by bytes, each once */
	bool as_read;	      /* the file's own text says exactly this, in order */
};

struct exim_tree *exim_tree_new(void);
void exim_tree_free(struct exim_tree *tree);

/* Reads the tree, or "XX", at the text's position into a new tree. SPOOL_ERROR_CORRUPT. */
bool exim_tree_read(
    struct exim_tree *tree, struct exim_text *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Adds the addresses of a journal (-J): a line each; the last may lack its newline.
 * SPOOL_ERROR_CORRUPT. */
bool exim_tree_read_journal(
    struct exim_tree *tree, struct exim_text *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* True when the address is in the tree. `length` bytes of it. */
bool exim_tree_has(const struct exim_tree *tree, const char *address);

/* True when a message's recipient has been dealt with, as Exim sees it: the address is in the tree,
 * as it is or with its domain in lower case. */
bool exim_tree_has_recipient(const struct exim_tree *tree, const char *address);

/* Writes the tree balanced and in order, without the addresses in `without` (set of char *, or
 * NULL). */
void exim_tree_write(const struct exim_tree *tree, GHashTable *without, GString *text);

#endif
