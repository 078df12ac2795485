/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SPOOL_EXIM_RECIPIENT_H
#define SPOOL_EXIM_RECIPIENT_H
/*
 * A recipient's line in Exim's -H file, in all the forms that Exims have written:
 *
 *	address
 *	address PARENT                                          early Exim 4
 *	address N,PARENT,N                                      Exim 3
 *	address ERRORS-TO LENGTH,PARENT#1
 *	address ORCPT LENGTH,FLAGS#2
 *	address ORCPT LENGTH,FLAGS ERRORS-TO LENGTH,PARENT#3    what is written today
 *
 * An address may hold blanks, and so may the other two, so a line is read from its right end, by
 * the lengths. PARENT is the index of the recipient that this one was expanded from, -1 for none.
 */
#include <glib.h>
#include <stdbool.h>
#include "spool/exim_text.h"

struct exim_recipient {
	struct exim_line line;
	size_t address_length; /* the address is the line's beginning */
	size_t parent_at;      /* where PARENT stands in the line */
	size_t parent_length;  /* 0: the line has none */
	int parent;	       /* -1: none */
	bool done;	       /* it is among the non-recipients */
};

/* False where the line is none of these. */
bool exim_recipient_parse(
    struct exim_line line, struct exim_recipient *recipient) G_GNUC_WARN_UNUSED_RESULT;

#endif
