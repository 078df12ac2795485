/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Most entries ask for certain bytes at a certain place: those at the beginning are found by the first byte, those elsewhere are few
 * hundred; of numbers of which some bits are wanted, one byte tells. Others look for words, or for expressions that have a word in
 * them, anywhere in a text: one pass finds them all, by their first three letters. What is left is a few dozen.
 */
#include "core/read/magicsieve.h"

#include <string.h>

#include "core/read/magictest.h"

/* Letters by which a word is found. */
#define GRAM 3
/* A bit for each hash of them. */
#define GRAM_BITS 16
/* Within it are all words but a handful. */
#define NEAR 8448

/* Bytes that an entry wants. */
struct wanted {
	uint16_t entry;
	bool folded;
	uint32_t place; /* of a word: where it must begin before */
	struct magicview bytes;
};

/* One byte of a number of which an entry wants some bits: those that tell most. */
struct bits {
	uint16_t entry;
	uint8_t mask, value;
	uint32_t place;
};

struct magicsieve {
	bool text;
	GArray *first[256]; /* of struct wanted: at the beginning, by the first byte. NULL: none */
	GArray *elsewhere;  /* at other places, sorted by them */
	GArray *bits;	    /* of struct bits */
	GArray *words[256]; /* anywhere, by the first byte */
	GArray *others;	    /* uint16_t: all else */
	uint32_t near[(1 << GRAM_BITS) / 32], far[(1 << GRAM_BITS) / 32];
};

/* The same for a letter of either case, and for some other signs. */
static uint8_t
fold(char c)
{
	return (uint8_t)c | 0x20;
}

/* The last letters. */
static uint32_t
add_to_gram(uint32_t gram, char c)
{
	return (gram << 8 | fold(c)) & ((1u << 8 * GRAM) - 1);
}

static uint32_t
hash_gram(uint32_t gram)
{
	return gram * 2654435761u >> (32 - GRAM_BITS);
}

static void
add_wanted(GArray **list, const struct wanted *wanted)
{
	if (*list == NULL)
		*list = g_array_new(FALSE, FALSE, sizeof(struct wanted));
	g_array_append_val(*list, *wanted);
}

static void
add_word(struct magicsieve *sieve, const struct wanted *wanted)
{
	uint32_t gram = 0;

	for (unsigned i = 0; i < GRAM; i++)
		gram = add_to_gram(gram, wanted->bytes.bytes[i]);
	gram = hash_gram(gram);
	sieve->near[gram / 32] |= 1u << gram % 32;
	if (wanted->place > NEAR)
		sieve->far[gram / 32] |= 1u << gram % 32;
	add_wanted(&sieve->words[fold(*wanted->bytes.bytes)], wanted);
}

/* The bytes that make this number, as they stand in a content. */
static void
number_bytes(const struct magicentry *entry, unsigned width, uint64_t number, uint8_t *bytes)
{
	for (unsigned i = 0; i < width; i++)
		bytes[i] = (uint8_t)(number >> 8 * i);
	if (magicentry_number(entry, (const char *)bytes) ==
	    (number & (UINT64_MAX >> (64 - 8 * width))))
		return;
	for (unsigned i = 0; i < width; i++)
		bytes[width - 1 - i] = (uint8_t)(number >> 8 * i);
}

static bool
has_fixed_place(const struct magicentry *entry)
{
	const unsigned moving = MAGICENTRY_INDIRECT | MAGICENTRY_RELATIVE | MAGICENTRY_FROM_END;

	return entry->relation == '=' && entry->offset >= 0 && (entry->flags & moving) == 0;
}

/* False: where its bytes stand is not certain. */
static bool
is_fixed(const struct magicentry *entry, struct wanted *wanted)
{
	unsigned width = magicentry_width(entry);
	uint64_t number;
	uint8_t *bytes;

	if (!has_fixed_place(entry))
		return false;
	wanted->place = (uint32_t)entry->offset;
	if (entry->type == MAGICENTRY_STRING) {
		wanted->bytes = magicentry_string(entry);
		wanted->folded = (entry->string_flags & MAGICENTRY_FOLDED) != 0;
		return wanted->bytes.size > 0 && wanted->bytes.bytes == entry->value;
	}
	if (width == 0 || entry->range != 0 || entry->string_flags != 0 ||
	    entry->mask_operator != 0)
		return false;
	memcpy(&number, entry->value, sizeof(number));
	bytes = g_malloc(width);
	number_bytes(entry, width, number, bytes);
	wanted->bytes = (struct magicview){ (const char *)bytes, width };
	return true;
}

/* False: it is no number of which some bits are wanted. */
static bool
is_masked(const struct magicentry *entry, struct bits *bits)
{
	unsigned width = magicentry_width(entry), most = 0;
	uint64_t mask = (uint64_t)entry->string_flags << 32 | entry->range, number;
	uint8_t masks[8], values[8];

	if (!has_fixed_place(entry) || width == 0 || mask == 0 || entry->mask_operator != 0)
		return false;
	memcpy(&number, entry->value, sizeof(number));
	number_bytes(entry, width, number, values);
	number_bytes(entry, width, mask, masks);
	for (unsigned i = 0; i < width; i++) {
		/* Zeros are everywhere. */
		unsigned tells = 2 * (unsigned)__builtin_popcount(masks[i]) + (values[i] != 0);

		if (tells <= most)
			continue;
		most = tells;
		bits->mask = masks[i];
		bits->value = values[i];
		bits->place = (uint32_t)entry->offset + i;
	}
	return true;
}

/* False: none of the words, or alternatives, can be sorted in. */
static bool
sort_in_regex(struct magicsieve *sieve, const struct magicentry *entry,
    const struct magicregex *regex, struct wanted *wanted)
{
	unsigned count;
	const struct magicview *words = magicregex_literals(regex, &count, &wanted->folded);

	if (entry->relation != '=' || entry->offset < 0 || (entry->flags & 0x87) != 0)
		return false;
	for (unsigned i = 0; i < count; i++) {
		if (words[i].size < GRAM)
			return false;
	}
	wanted->place = NEAR + (uint32_t)entry->offset;
	for (unsigned i = 0; i < count; i++) {
		wanted->bytes = words[i];
		add_word(sieve, wanted);
	}
	return count > 0;
}

/* False: it has none. */
static bool
is_word(const struct magicentry *entry, struct wanted *wanted)
{
	if (entry->relation != '=' || entry->offset < 0 || (entry->flags & 0x87) != 0)
		return false;
	if (entry->type == MAGICENTRY_SEARCH) {
		wanted->bytes = magicentry_string(entry);
		wanted->folded = (entry->string_flags & MAGICENTRY_FOLDED) != 0;
		wanted->place =
		    entry->range == 0 ? UINT32_MAX : (uint32_t)entry->offset + entry->range + 1;
		/* Any number of blanks may stand before it. */
		if (wanted->bytes.bytes != entry->value)
			wanted->place = UINT32_MAX;
	}
	return wanted->bytes.size >= GRAM;
}

void
magicsieve_add(struct magicsieve *sieve, const struct magicentry *entry, uint16_t n,
    const struct magicregex *regex)
{
	struct wanted wanted = { .entry = n };
	struct bits bits = { .entry = n };

	if (is_fixed(entry, &wanted)) {
		bool first = wanted.place == 0;

		add_wanted(
		    first ? &sieve->first[fold(*wanted.bytes.bytes)] : &sieve->elsewhere, &wanted);
	} else if (is_masked(entry, &bits)) {
		g_array_append_val(sieve->bits, bits);
	} else if (sieve->text && is_word(entry, &wanted)) {
		add_word(sieve, &wanted);
	} else if (!sieve->text || regex == NULL || !sort_in_regex(sieve, entry, regex, &wanted)) {
		g_array_append_val(sieve->others, n);
	}
}

static int
compare_places(const void *a, const void *b)
{
	const struct wanted *one = a, *other = b;

	return one->place < other->place ? -1 : one->place > other->place;
}

struct magicsieve *
magicsieve_new(bool text)
{
	struct magicsieve *sieve = g_new0(struct magicsieve, 1);

	sieve->text = text;
	sieve->others = g_array_new(FALSE, FALSE, sizeof(uint16_t));
	sieve->elsewhere = g_array_new(FALSE, FALSE, sizeof(struct wanted));
	sieve->bits = g_array_new(FALSE, FALSE, sizeof(struct bits));
	return sieve;
}

void
magicsieve_close(struct magicsieve *sieve)
{
	g_array_sort(sieve->elsewhere, compare_places);
}

static void
mark(struct magicmarks *marks, uint16_t n)
{
	if ((marks->seen[n / 32] & 1u << n % 32) != 0)
		return;
	marks->seen[n / 32] |= 1u << n % 32;
	g_array_append_val(marks->found, n);
}

static void
mark_fixed(const GArray *list, const struct magicview *view, struct magicmarks *marks)
{
	for (unsigned i = 0; list != NULL && i < list->len; i++) {
		const struct wanted *wanted = &g_array_index(list, struct wanted, i);

		if (wanted->place >= view->size)
			return;
		if ((wanted->folded || view->bytes[wanted->place] == *wanted->bytes.bytes) &&
		    magictest_is_at(view, wanted->place, &wanted->bytes, wanted->folded))
			mark(marks, wanted->entry);
	}
}

static void
mark_bits(const GArray *list, const struct magicview *view, struct magicmarks *marks)
{
	for (unsigned i = 0; i < list->len; i++) {
		const struct bits *bits = &g_array_index(list, struct bits, i);

		if (bits->place < view->size &&
		    ((uint8_t)view->bytes[bits->place] & bits->mask) == bits->value)
			mark(marks, bits->entry);
	}
}

static void
mark_words(const GArray *list, const struct magicview *view, size_t place, struct magicmarks *marks)
{
	for (unsigned i = 0; list != NULL && i < list->len; i++) {
		const struct wanted *wanted = &g_array_index(list, struct wanted, i);

		if (place < wanted->place &&
		    magictest_is_at(view, place, &wanted->bytes, wanted->folded))
			mark(marks, wanted->entry);
	}
}

static void
find_words(const struct magicsieve *sieve, const struct magicview *view, struct magicmarks *marks)
{
	const uint32_t *grams = sieve->near;
	uint32_t gram = 0;

	for (size_t i = 0; i < view->size; i++) {
		gram = add_to_gram(gram, view->bytes[i]);
		uint32_t hash = hash_gram(gram);

		if ((grams[hash / 32] & 1u << hash % 32) != 0 && i >= GRAM - 1)
			mark_words(sieve->words[fold(view->bytes[i - (GRAM - 1)])], view,
			    i - (GRAM - 1), marks);
		if (i == NEAR)
			grams = sieve->far;
	}
}

void
magicsieve_find(
    const struct magicsieve *sieve, const struct magicview *view, struct magicmarks *marks)
{
	if (view->size == 0)
		return;
	mark_fixed(sieve->first[fold(*view->bytes)], view, marks);
	mark_fixed(sieve->elsewhere, view, marks);
	mark_bits(sieve->bits, view, marks);
	if (sieve->text)
		find_words(sieve, view, marks);
	for (unsigned i = 0; i < sieve->others->len; i++)
		mark(marks, g_array_index(sieve->others, uint16_t, i));
}
