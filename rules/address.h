/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_ADDRESS_H
#define RULES_ADDRESS_H
/*
 * A mail address made ready for many comparisons: lower-cased once, with the hash of every tail
 * ("@example.com", ".com" ...) and where those begin that rules mostly ask for, so that a set of patterns is asked without reading the text again.
 */
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct address {
	char *text;	 /* as given */
	char *lower;	 /* lower-cased (ASCII), without one final dot */
	unsigned length; /* of `lower` */
	unsigned domain; /* offset behind the last '@'; 0: the address has none */
	uint32_t *tails; /* address_hash of lower + i, for each i below `length` */
	unsigned *marks; /* offsets of every '@', and of every '.' in the domain */
	unsigned mark_count;
};

void address_init(struct address *address, const char *text);
void address_clear(struct address *address);

/* The hash that `tails` holds, of any text. Computed from the last byte to the first. */
uint32_t address_hash(const char *text, size_t length);

#endif
