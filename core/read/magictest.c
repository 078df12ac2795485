/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmagic's tests, one function for each kind of them. What has rules that are seldom needed (Pascal's strings, dates, names) is done in
 * part or not at all, and answers MAYBE. A test that succeeds but says nothing matters only if one that continues it may.
 */
#include "core/read/magictest.h"

#include <string.h>

#include "core/read/magicregex.h"

/* Where a literal may be anywhere, no more than this is searched: libmagic knows where to look. */
#define LOOK (1 << 14)

enum { OPERATORS = 0x7, OPERATOR_ADD = 3, INVERSE = 0x40, INDIRECT_FLAGS = 0xe0 };
enum place { PLACE_NONE, PLACE_KNOWN, PLACE_ANYWHERE };

bool
magictest_is_at(
    const struct magicview *view, size_t place, const struct magicview *wanted, bool folded)
{
	if (place > view->size || wanted->size > view->size - place)
		return false;
	return folded ? g_ascii_strncasecmp(view->bytes + place, wanted->bytes, wanted->size) == 0
		      : memcmp(view->bytes + place, wanted->bytes, wanted->size) == 0;
}

/* Where the place is said by a number that stands here. */
static enum place
follow(const struct magicentry *entry, const struct magicview *view, size_t *place)
{
	struct magicentry number = { .type = entry->indirect_type };
	unsigned width = magicentry_width(&number);

	if (width == 0 || width > 4 || (entry->indirect_operator & INDIRECT_FLAGS) != 0 ||
	    (entry->indirect_offset != 0 && (entry->indirect_operator & OPERATORS) != OPERATOR_ADD))
		return PLACE_ANYWHERE;
	if (*place > view->size || width > view->size - *place)
		return PLACE_NONE;
	int64_t there =
	    (int64_t)magicentry_number(&number, view->bytes + *place) + entry->indirect_offset;

	if (there < 0 || there > INT32_MAX)
		return PLACE_ANYWHERE;
	*place = (size_t)there;
	return PLACE_KNOWN;
}

static enum place
find_place(const struct magicentry *entry, const struct magicview *view, size_t *place)
{
	/* The end is known of files, not of bytes. */
	if ((entry->flags & MAGICENTRY_FROM_END) != 0)
		return entry->level == 0 ? PLACE_NONE : PLACE_ANYWHERE;
	if ((entry->flags & MAGICENTRY_RELATIVE) != 0 || entry->offset < 0)
		return PLACE_ANYWHERE;
	*place = (size_t)entry->offset;
	return (entry->flags & MAGICENTRY_INDIRECT) != 0 ? follow(entry, view, place) : PLACE_KNOWN;
}

/* False: it would be divided by zero. */
static bool
apply_mask(const struct magicentry *entry, unsigned width, uint64_t *number)
{
	uint64_t all = width == 8 ? UINT64_MAX : (1ull << 8 * width) - 1;
	uint64_t mask = ((uint64_t)entry->string_flags << 32 | entry->range);
	bool masked = mask != 0;

	mask &= all;
	if (masked && mask == 0 && (entry->mask_operator & OPERATORS) >= 6)
		return false;
	if (masked) {
		const uint64_t results[] = { *number & mask, *number | mask, *number ^ mask,
			*number + mask, *number - mask, *number * mask,
			mask != 0 ? *number / mask : 0, mask != 0 ? *number % mask : 0 };

		*number = results[entry->mask_operator & OPERATORS];
	}
	if ((entry->mask_operator & INVERSE) != 0)
		*number = ~*number;
	*number &= all;
	return true;
}

static bool
compare(const struct magicentry *entry, uint64_t number, uint64_t wanted)
{
	bool is_unsigned = (entry->flags & MAGICENTRY_UNSIGNED) != 0;

	switch (entry->relation) {
	case '=':
		return number == wanted;
	case '!':
		return number != wanted;
	case '>':
		return is_unsigned ? number > wanted : (int64_t)number > (int64_t)wanted;
	case '<':
		return is_unsigned ? number < wanted : (int64_t)number < (int64_t)wanted;
	case '&':
		return (number & wanted) == wanted;
	case '^':
		return (number & wanted) != wanted;
	default:
		return true;
	}
}

static enum magicverdict
test_number(const struct magicentry *entry, const struct magicview *view, size_t place)
{
	unsigned width = magicentry_width(entry);
	uint64_t number, wanted;

	/* A number that isn't there differs from any. */
	if (place > view->size || width > view->size - place)
		return entry->relation == '!' ? MAGICVERDICT_MAYBE : MAGICVERDICT_NO;
	number = magicentry_number(entry, view->bytes + place);
	if (!apply_mask(entry, width, &number))
		return MAGICVERDICT_MAYBE;
	if ((entry->flags & MAGICENTRY_UNSIGNED) == 0 && width < 8) {
		uint64_t sign = 1ull << (8 * width - 1);

		number = (number ^ sign) - sign;
	}
	memcpy(&wanted, entry->value, sizeof(wanted));
	return compare(entry, number, wanted) ? MAGICVERDICT_MAYBE : MAGICVERDICT_NO;
}

/* Kinds that are seldom, by the first that must be true of them. */
static enum magicverdict
test_other(const struct magicentry *entry, const struct magicview *view, size_t place)
{
	struct magicview rest = { .bytes = "", .size = 0 };
	bool seems = true;

	if (place > view->size)
		return MAGICVERDICT_MAYBE;
	rest = (struct magicview){ view->bytes + place, view->size - place };
	if (entry->relation != '=')
		return MAGICVERDICT_MAYBE;
	if (entry->type == MAGICENTRY_GUID)
		seems = rest.size >= 16 && memcmp(rest.bytes, entry->value, 16) == 0;
	else if (entry->type == MAGICENTRY_LESTRING16)
		seems = rest.size > 0 && rest.bytes[0] == entry->value[0];
	else if (entry->type == MAGICENTRY_PSTRING && entry->string_flags == 0x80)
		seems = rest.size > 1 && rest.bytes[1] == entry->value[0];
	return seems ? MAGICVERDICT_MAYBE : MAGICVERDICT_NO;
}

/* Whether it is one that is done here as libmagic does it: with no blanks but the last. */
static bool
is_exact(const struct magicentry *entry)
{
	const uint32_t known = 0x27;
	size_t length = entry->length;

	if ((entry->string_flags & ~known) != 0 || length == 0 || length >= sizeof(entry->value))
		return false;
	for (size_t i = 0; i + 1 < length; i++) {
		if ((entry->string_flags & MAGICENTRY_BLANKS) != 0 &&
		    g_ascii_isspace(entry->value[i]))
			return false;
	}
	return true;
}

/* Whether an exact one succeeds at this place. */
static bool
is_exactly_at(const struct magicentry *entry, const struct magicview *view, size_t place)
{
	bool blanks = (entry->string_flags & 0x1) != 0, folded = (entry->string_flags & 0x4) != 0;

	if (place > view->size || entry->length > view->size - place)
		return false;
	for (size_t i = 0; i < entry->length; i++) {
		char wanted = entry->value[i], c = view->bytes[place + i];

		if (folded && g_ascii_islower(wanted))
			c = g_ascii_tolower(c);
		if (c != wanted &&
		    !(blanks && i + 1 == entry->length && wanted == ' ' && g_ascii_isspace(c)))
			return false;
	}
	return true;
}

static enum magicverdict
test_string(const struct magicentry *entry, const struct magicview *view, size_t place)
{
	struct magicview wanted = magicentry_string(entry);
	bool folded = (entry->string_flags & MAGICENTRY_FOLDED) != 0;

	if (entry->relation == '!' && entry->string_flags == 0 && entry->range == 0)
		return magictest_is_at(view, place, &wanted, false) ? MAGICVERDICT_NO
								    : MAGICVERDICT_MAYBE;
	if (entry->relation != '=')
		return MAGICVERDICT_MAYBE;
	/* Blanks that begin it have been dropped, and may be none, or many. */
	if (wanted.bytes != entry->value)
		return MAGICVERDICT_MAYBE;
	if (!magictest_is_at(view, place, &wanted, folded))
		return MAGICVERDICT_NO;
	return entry->range == 0 && is_exact(entry) && is_exactly_at(entry, view, place)
		   ? MAGICVERDICT_YES
		   : MAGICVERDICT_MAYBE;
}

/* The first place of a literal, from `start` to before `end`. False: there is none. */
static bool
find(const struct magicview *view, size_t start, size_t end, const struct magicview *wanted,
    bool folded, size_t *found)
{
	end = MIN(end, view->size);
	if (wanted->size == 0 || start >= end)
		return false;
	if (!folded && g_ascii_isalnum(*wanted->bytes)) {
		size_t size = MIN(end - start + wanted->size - 1, view->size - start);
		const char *p = memmem(view->bytes + start, size, wanted->bytes, wanted->size);

		*found = p != NULL ? (size_t)(p - view->bytes) : 0;
		return p != NULL;
	}
	for (size_t i = start; i < end; i++) {
		/* What is no letter is seldom, and found faster. */
		if (!g_ascii_isalpha(*wanted->bytes)) {
			const char *p = memchr(view->bytes + i, *wanted->bytes, end - i);

			i = p != NULL ? (size_t)(p - view->bytes) : end;
		}
		if (i < end && ((view->bytes[i] ^ *wanted->bytes) & ~0x20) == 0 &&
		    magictest_is_at(view, i, wanted, folded)) {
			*found = i;
			return true;
		}
	}
	return false;
}

static enum magicverdict
test_search(const struct magicentry *entry, const struct magicview *view, size_t place)
{
	struct magicview wanted = magicentry_string(entry);
	bool folded = (entry->string_flags & MAGICENTRY_FOLDED) != 0, exact = is_exact(entry);
	size_t end = entry->range == 0 ? view->size : place + entry->range, found = place;

	if (wanted.size == 0)
		return MAGICVERDICT_MAYBE;
	/* Any number of blanks may stand for those that begin it. */
	if (wanted.bytes != entry->value && entry->relation == '=')
		return find(view, place, view->size, &wanted, folded, &found) ? MAGICVERDICT_MAYBE
									      : MAGICVERDICT_NO;
	if (entry->relation == '!')
		return exact && entry->string_flags == 0 &&
			       find(view, place, end, &wanted, false, &found)
			   ? MAGICVERDICT_NO
			   : MAGICVERDICT_MAYBE;
	if (entry->relation != '=')
		return MAGICVERDICT_MAYBE;
	/* Where there are no flags, libmagic looks one byte further. */
	if (!find(view, place, end + 1, &wanted, folded, &found))
		return MAGICVERDICT_NO;
	for (bool any = exact; any && found < end;
	     any = find(view, found + 1, end, &wanted, folded, &found)) {
		if (is_exactly_at(entry, view, found))
			return MAGICVERDICT_YES;
	}
	return MAGICVERDICT_MAYBE;
}

/* What may be anywhere isn't there if its literal is nowhere. */
static enum magicverdict
test_anywhere(
    const struct magicentry *entry, const struct magicview *view, const struct magicregex *regex)
{
	struct magicview string = magicentry_string(entry);
	const struct magicview *wanted = &string;
	bool folded = (entry->string_flags & MAGICENTRY_FOLDED) != 0;
	unsigned count = 0;
	size_t found;

	if (view->size > LOOK || entry->relation != '=')
		return MAGICVERDICT_MAYBE;
	if (entry->type == MAGICENTRY_STRING || entry->type == MAGICENTRY_SEARCH)
		count = 1;
	else if (regex != NULL)
		wanted = magicregex_literals(regex, &count, &folded);
	for (unsigned i = 0; i < count; i++) {
		if (wanted[i].size == 0 || find(view, 0, view->size, &wanted[i], folded, &found))
			return MAGICVERDICT_MAYBE;
	}
	return count == 0 ? MAGICVERDICT_MAYBE : MAGICVERDICT_NO;
}

static enum magicverdict
test(const struct magicentry *entry, const struct magicview *view, GHashTable *regexes)
{
	const struct magicregex *regex =
	    entry->type == MAGICENTRY_REGEX ? g_hash_table_lookup(regexes, entry) : NULL;
	size_t place = 0;

	switch (find_place(entry, view, &place)) {
	case PLACE_NONE:
		/* What can't be looked at differs from any, but for what is counted from the end. */
		return entry->relation == '!' && (entry->flags & MAGICENTRY_FROM_END) == 0
			   ? MAGICVERDICT_MAYBE
			   : MAGICVERDICT_NO;
	case PLACE_ANYWHERE:
		return test_anywhere(entry, view, regex);
	case PLACE_KNOWN:
		break;
	}
	if (magicentry_width(entry) > 0)
		return test_number(entry, view, place);
	if (entry->type == MAGICENTRY_STRING)
		return test_string(entry, view, place);
	if (entry->type == MAGICENTRY_SEARCH)
		return test_search(entry, view, place);
	if (entry->type != MAGICENTRY_REGEX)
		return test_other(entry, view, place);
	return regex == NULL || entry->relation != '=' || magicregex_may_match(regex, view, place)
		   ? MAGICVERDICT_MAYBE
		   : MAGICVERDICT_NO;
}

/* Whether this may be the tag of DER that an entry wants, in what libmagic looks at of it. */
static bool
is_tag(const struct magicentry *entry, char byte)
{
	static const struct {
		const char *name;
		uint8_t tag;
	} tags[] = { { "int", 2 }, { "obj_id", 6 }, { "seq", 16 } };

	for (unsigned i = 0; i < G_N_ELEMENTS(tags); i++) {
		if (entry->type == MAGICENTRY_DER && entry->relation == '=' &&
		    g_str_has_prefix(entry->value, tags[i].name))
			return (byte & 0x1f) == tags[i].tag;
	}
	return true;
}

/* What begins DER is one byte of many; so what is within is looked at, too: behind the tag, and the length. */
static bool
may_be_der(
    const struct magicentry *entry, const struct magicentry *end, const struct magicview *view)
{
	size_t inner = 2;

	if (entry->flags != MAGICENTRY_BINARY || entry->offset != 0)
		return true;
	if (view->size < 3 || !is_tag(entry, view->bytes[0]))
		return false;
	if (((uint8_t)view->bytes[1] & 0x80) != 0)
		inner += (uint8_t)view->bytes[1] & 0x7f;
	if (inner >= view->size)
		return false;
	for (const struct magicentry *next = entry + 1; next < end && next->level > 0; next++) {
		if (next->level == 1 && is_tag(next, view->bytes[inner]))
			return true;
	}
	return false;
}

/* Whether something may be said if it succeeds, but for what continues it. */
static bool
speaks(const struct magicentry *entry)
{
	return entry->description[0] != '\0' || entry->mime[0] != '\0' ||
	       entry->type == MAGICENTRY_USE || entry->type == MAGICENTRY_ELSEWHERE;
}

enum magicverdict
magictest_judge(const struct magicentry *entry, const struct magicentry *end,
    const struct magicview *view, GHashTable *regexes)
{
	enum magicverdict verdict = test(entry, view, regexes);

	if (entry->type == MAGICENTRY_DER && entry->level == 0 && !may_be_der(entry, end, view))
		return MAGICVERDICT_NO;
	if (verdict == MAGICVERDICT_YES && entry->description[0] == '\0')
		verdict = MAGICVERDICT_MAYBE;
	if (verdict == MAGICVERDICT_NO || speaks(entry))
		return verdict;
	for (const struct magicentry *next = entry + 1; next < end && next->level > entry->level;
	     next++) {
		if (next->level == entry->level + 1 &&
		    magictest_judge(next, end, view, regexes) != MAGICVERDICT_NO)
			return MAGICVERDICT_MAYBE;
	}
	return MAGICVERDICT_NO;
}
