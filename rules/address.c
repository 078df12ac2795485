/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The hash runs from the end of the text to its beginning, so one pass over an address gives the
 * hash of each of its tails, and "all of example.com", "everything below example.com" and the
 * address itself are three look-ups in one table.
 */
#include "rules/address.h"

#include <string.h>

#define HASH_START UINT64_C(0xcbf29ce484222325)
#define HASH_FACTOR UINT64_C(0x100000001b3)

static uint64_t
hash_byte(uint64_t hash, char byte)
{
	return (hash ^ (unsigned char)byte) * HASH_FACTOR;
}

static uint32_t
hash_fold(uint64_t hash)
{
	return (uint32_t)(hash ^ hash >> 32);
}

uint32_t
address_hash(const char *text, size_t length)
{
	uint64_t hash = HASH_START;

	while (length > 0)
		hash = hash_byte(hash, text[--length]);
	return hash_fold(hash);
}

static bool
is_mark(const struct address *address, unsigned i)
{
	char c = address->lower[i];

	return c == '@' || (c == '.' && address->domain > 0 && i >= address->domain);
}

static void
mark(struct address *address)
{
	unsigned count = 0;

	for (unsigned i = 0; i < address->length; i++)
		count += is_mark(address, i);
	address->marks = g_new(unsigned, count);
	address->mark_count = 0;
	for (unsigned i = 0; i < address->length; i++) {
		if (is_mark(address, i))
			address->marks[address->mark_count++] = i;
	}
}

void
address_init(struct address *address, const char *text)
{
	size_t length = strlen(text);

	address->text = g_strdup(text);
	address->lower = g_ascii_strdown(text, (gssize)length);
	if (length > 0 && address->lower[length - 1] == '.')
		address->lower[--length] = '\0';
	const char *at = memrchr(address->lower, '@', length);
	address->length = (unsigned)length;
	address->domain = at ? (unsigned)(at - address->lower) + 1 : 0;
	address->tails = g_new(uint32_t, length);
	uint64_t hash = HASH_START;
	for (size_t i = length; i-- > 0;) {
		hash = hash_byte(hash, address->lower[i]);
		address->tails[i] = hash_fold(hash);
	}
	mark(address);
}

void
address_clear(struct address *address)
{
	g_free(address->text);
	g_free(address->lower);
	g_free(address->tails);
	g_free(address->marks);
}
