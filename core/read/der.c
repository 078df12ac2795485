/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every step consumes bytes, and nesting is bounded, so time is linear in the input.
 */
#include "core/read/der.h"

#define CONSTRUCTED 0x20
#define LONG_TAG 0x1f
#define INDEFINITE 0x80
/* Elements within each other. */
#define NESTED_MAX 32

static bool
is_end(const struct der_element *element)
{
	return element->tag == 0 && element->content.left == 0 && !element->indefinite;
}

/* The length at `at`; false where it is none. */
static bool
read_length(struct der *der, uint64_t *length, bool *indefinite)
{
	unsigned first, count;

	if (der->left == 0)
		return false;
	first = *der->at++;
	der->left--;
	*indefinite = first == INDEFINITE;
	*length = first;
	if (first <= INDEFINITE)
		return true;
	count = first & 0x7f;
	if (count > sizeof(*length) || count > der->left)
		return false;
	*length = 0;
	for (unsigned i = 0; i < count; i++)
		*length = *length << 8 | *der->at++;
	der->left -= count;
	return true;
}

bool
der_next(struct der *der, struct der_element *element)
{
	struct der at = *der;
	uint64_t length;

	*element = (struct der_element){ 0 };
	if (at.left < 2 || (*at.at & LONG_TAG) == LONG_TAG)
		return false;
	element->tag = *at.at++;
	at.left--;
	if (!read_length(&at, &length, &element->indefinite) ||
	    (element->indefinite && !(element->tag & CONSTRUCTED)))
		return false;
	element->content = at;
	if (!element->indefinite) {
		element->cut = length > at.left;
		element->content.left = (size_t)MIN(length, at.left);
		at.at += element->content.left;
		at.left -= element->content.left;
	}
	*der = at;
	return true;
}

bool
der_enter(struct der *der, uint8_t tag, bool *cut)
{
	struct der_element element;

	if (!der_next(der, &element) || element.tag != tag)
		return false;
	*cut |= element.cut;
	*der = element.content;
	return true;
}

static bool
skip(struct der *der, unsigned depth)
{
	struct der_element element;

	if (!der_next(der, &element))
		return false;
	if (!element.indefinite)
		return true;
	while (depth < NESTED_MAX) {
		struct der ahead = *der;

		if (der_next(&ahead, &element) && is_end(&element)) {
			*der = ahead;
			return true;
		}
		if (!skip(der, depth + 1))
			return false;
	}
	return false;
}

bool
der_skip(struct der *der)
{
	return skip(der, 0);
}

static bool octets(struct der *der, GByteArray *out, bool *cut, unsigned depth);

/* Pieces to the end of `pieces`, or to the mark that ends them. */
static bool
join(struct der *pieces, GByteArray *out, bool *cut, bool indefinite, unsigned depth)
{
	while (pieces->left > 0) {
		struct der ahead = *pieces;
		struct der_element element;

		if (indefinite && der_next(&ahead, &element) && is_end(&element)) {
			*pieces = ahead;
			return true;
		}
		if (depth >= NESTED_MAX || !octets(pieces, out, cut, depth + 1))
			return false;
	}
	*cut |= indefinite;
	return true;
}

static bool
octets(struct der *der, GByteArray *out, bool *cut, unsigned depth)
{
	struct der_element element;

	if (!der_next(der, &element) || (element.tag & ~CONSTRUCTED) != DER_OCTETS)
		return false;
	*cut |= element.cut;
	if (!(element.tag & CONSTRUCTED)) {
		g_byte_array_append(out, element.content.at, (guint)element.content.left);
		return true;
	}
	return join(
	    element.indefinite ? der : &element.content, out, cut, element.indefinite, depth);
}

bool
der_octets(struct der *der, GByteArray *out, bool *cut)
{
	return octets(der, out, cut, 0);
}
