/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * No grammar of RFC 5321 here: the MTA that took the address knows it better. What is asked is only
 * whether the address stays one address, and no option or command, wherever it is put.
 */
#include "core/act/address.h"

#include <string.h>

bool
address_is_mailable(const char *address)
{
	bool quoted = false;

	if (*address == '\0' || strchr("-|", *address) != NULL)
		return false;
	for (const char *c = address; *c != '\0'; c++) {
		if (g_ascii_iscntrl(*c))
			return false;
		if (*c == '"')
			quoted = !quoted;
		else if (quoted && *c == '\\' && c[1] != '\0' && !g_ascii_iscntrl(c[1]))
			c++;
		else if (!quoted && strchr(" ,;<>()\\", *c) != NULL)
			return false;
	}
	return !quoted;
}

static int
compare(gconstpointer one, gconstpointer other)
{
	return strcmp(*(const char *const *)one, *(const char *const *)other);
}

GPtrArray *
address_sorted_recipients(const GPtrArray *recipients)
{
	g_autoptr(GPtrArray) all = g_ptr_array_new();
	GPtrArray *each = g_ptr_array_new();

	for (unsigned i = 0; i < recipients->len; i++) {
		const struct recipient *recipient = g_ptr_array_index(recipients, i);

		g_ptr_array_add(all, recipient->address);
	}
	g_ptr_array_sort(all, compare);
	for (unsigned i = 0; i < all->len; i++) {
		if (i == 0 || strcmp(g_ptr_array_index(all, i), g_ptr_array_index(all, i - 1)) != 0)
			g_ptr_array_add(each, g_ptr_array_index(all, i));
	}
	return each;
}
