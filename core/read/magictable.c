/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Most entries ask for certain bytes at a certain place: those at the beginning are found by the first byte, those elsewhere are few
 * hundred. Others look for words, or for expressions that have a word in them, anywhere in a text: one pass finds them all, by their
 * first three letters. What is left is a few dozen, that are judged one by one. All of it is taken more widely than libmagic does, and
 * what is found is judged again, with what continues it.
 */
#include "core/read/magictable.h"

#include <string.h>

#include "core/read/magicregex.h"
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

/* Of bytes, or of text. */
struct sieve {
	GArray *first[256]; /* of struct wanted: at the beginning, by the first byte. NULL: none */
	GArray *elsewhere;  /* at other places, sorted by them */
	GArray *words[256]; /* anywhere, by the first byte */
	GArray *others;	    /* uint16_t: all else */
	uint32_t near[(1 << GRAM_BITS) / 32], far[(1 << GRAM_BITS) / 32];
};

struct magictable {
	struct magicfile file;
	GHashTable *regexes; /* of entries */
	struct sieve bytes, text;
	uint32_t *seen; /* a bit for each entry */
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
add_word(struct sieve *sieve, const struct wanted *wanted)
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
static struct magicview
number_bytes(const struct magicentry *entry, unsigned width)
{
	char *bytes = g_malloc(width);
	uint64_t number;

	memcpy(&number, entry->value, sizeof(number));
	for (unsigned i = 0; i < width; i++)
		bytes[i] = (char)(number >> 8 * i);
	if (magicentry_number(entry, bytes) != (number & (UINT64_MAX >> (64 - 8 * width)))) {
		for (unsigned i = 0; i < width; i++)
			bytes[width - 1 - i] = (char)(number >> 8 * i);
	}
	return (struct magicview){ bytes, width };
}

/* False: where its bytes stand is not certain. */
static bool
is_fixed(const struct magicentry *entry, struct wanted *wanted)
{
	unsigned width = magicentry_width(entry);

	if (entry->relation != '=' || entry->offset < 0 ||
	    (entry->flags & (MAGICENTRY_INDIRECT | MAGICENTRY_RELATIVE | MAGICENTRY_FROM_END)) != 0)
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
	wanted->bytes = number_bytes(entry, width);
	return true;
}

/* False: it has none. */
static bool
is_word(const struct magictable *table, const struct magicentry *entry, struct wanted *wanted)
{
	const struct magicregex *regex = g_hash_table_lookup(table->regexes, entry);

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
	} else if (regex != NULL) {
		wanted->bytes = magicregex_literal(regex, &wanted->folded);
		wanted->place = NEAR + (uint32_t)entry->offset;
	}
	return wanted->bytes.size >= GRAM;
}

static void
sort_in(struct magictable *table, struct sieve *sieve, bool text, uint16_t n)
{
	const struct magicentry *entry = table->file.sets[0] + n;
	struct wanted wanted = { .entry = n };

	if (is_fixed(entry, &wanted)) {
		bool first = wanted.place == 0;

		add_wanted(
		    first ? &sieve->first[fold(*wanted.bytes.bytes)] : &sieve->elsewhere, &wanted);
	} else if (text && is_word(table, entry, &wanted)) {
		add_word(sieve, &wanted);
	} else {
		g_array_append_val(sieve->others, n);
	}
}

static int
compare_places(const void *a, const void *b)
{
	const struct wanted *one = a, *other = b;

	return one->place < other->place ? -1 : one->place > other->place;
}

static void
read_entries(struct magictable *table)
{
	const struct magicentry *start = table->file.sets[0], *end = start + table->file.counts[0];

	for (const struct magicentry *entry = start; entry < end; entry++) {
		if (entry->type == MAGICENTRY_REGEX)
			g_hash_table_insert(table->regexes, (gpointer)entry, magicregex_new(entry));
	}
	for (const struct magicentry *entry = start; entry < end;
	     entry = magicentry_end(entry, end)) {
		if ((entry->flags & MAGICENTRY_BINARY) != 0)
			sort_in(table, &table->bytes, false, (uint16_t)(entry - start));
		if ((entry->flags & MAGICENTRY_TEXT) != 0)
			sort_in(table, &table->text, true, (uint16_t)(entry - start));
	}
}

static void
start_sieve(struct sieve *sieve)
{
	sieve->others = g_array_new(FALSE, FALSE, sizeof(uint16_t));
	sieve->elsewhere = g_array_new(FALSE, FALSE, sizeof(struct wanted));
}

struct magictable *
magictable_load(void)
{
	struct magicfile file;

	if (!magicfile_load(&file))
		return NULL;
	struct magictable *table = g_new0(struct magictable, 1);

	table->file = file;
	table->regexes = g_hash_table_new(NULL, NULL);
	table->seen = g_new0(uint32_t, file.counts[0] / 32 + 1);
	start_sieve(&table->bytes);
	start_sieve(&table->text);
	read_entries(table);
	g_array_sort(table->bytes.elsewhere, compare_places);
	g_array_sort(table->text.elsewhere, compare_places);
	return table;
}

const struct magicfile *
magictable_file(const struct magictable *table)
{
	return &table->file;
}

/* Entries that are to be judged, each once. */
static void
mark(struct magictable *table, GArray *found, uint16_t n)
{
	if ((table->seen[n / 32] & 1u << n % 32) != 0)
		return;
	table->seen[n / 32] |= 1u << n % 32;
	g_array_append_val(found, n);
}

static void
mark_fixed(
    struct magictable *table, const GArray *list, const struct magicview *view, GArray *found)
{
	for (unsigned i = 0; list != NULL && i < list->len; i++) {
		const struct wanted *wanted = &g_array_index(list, struct wanted, i);

		if (wanted->place >= view->size)
			return;
		if ((wanted->folded || view->bytes[wanted->place] == *wanted->bytes.bytes) &&
		    magictest_is_at(view, wanted->place, &wanted->bytes, wanted->folded))
			mark(table, found, wanted->entry);
	}
}

static void
mark_words(struct magictable *table, const GArray *list, const struct magicview *view, size_t place,
    GArray *found)
{
	for (unsigned i = 0; list != NULL && i < list->len; i++) {
		const struct wanted *wanted = &g_array_index(list, struct wanted, i);

		if (place < wanted->place &&
		    magictest_is_at(view, place, &wanted->bytes, wanted->folded))
			mark(table, found, wanted->entry);
	}
}

static void
find_words(struct magictable *table, const struct sieve *sieve, const struct magicview *view,
    GArray *found)
{
	const uint32_t *grams = sieve->near;
	uint32_t gram = 0;

	for (size_t i = 0; i < view->size; i++) {
		gram = add_to_gram(gram, view->bytes[i]);
		uint32_t hash = hash_gram(gram);

		if ((grams[hash / 32] & 1u << hash % 32) != 0 && i >= GRAM - 1)
			mark_words(table, sieve->words[fold(view->bytes[i - (GRAM - 1)])], view,
			    i - (GRAM - 1), found);
		if (i == NEAR)
			grams = sieve->far;
	}
}

static int
compare_entries(const void *a, const void *b)
{
	return *(const uint16_t *)a - *(const uint16_t *)b;
}

/* Leaves those of the marked that may match, in order. In a text, those behind one that will are not tried. True: the last one will. */
static bool
judge(struct magictable *table, GArray *found, const struct magicview *view, bool text)
{
	const struct magicentry *start = table->file.sets[0], *end = start + table->file.counts[0];
	unsigned kept = 0, last = UINT16_MAX;

	for (unsigned i = 0; i < found->len; i++) {
		uint16_t n = g_array_index(found, uint16_t, i);
		enum magicverdict verdict;

		table->seen[n / 32] &= ~(1u << n % 32);
		if (n > last)
			continue;
		verdict = magictest_judge(start + n, end, view, table->regexes);
		if (verdict != MAGICVERDICT_NO)
			g_array_index(found, uint16_t, kept++) = n;
		if (text && verdict == MAGICVERDICT_YES)
			last = n;
	}
	g_array_set_size(found, kept);
	g_array_sort(found, compare_entries);
	while (found->len > 0 && g_array_index(found, uint16_t, found->len - 1) > last)
		g_array_set_size(found, found->len - 1);
	return last < UINT16_MAX;
}

/* True: the last of the found will match. */
static bool
sift(struct magictable *table, const struct sieve *sieve, const struct magicview *view, bool text,
    GArray *found)
{
	if (view->size == 0)
		return false;
	mark_fixed(table, sieve->first[fold(*view->bytes)], view, found);
	mark_fixed(table, sieve->elsewhere, view, found);
	if (text)
		find_words(table, sieve, view, found);
	for (unsigned i = 0; i < sieve->others->len; i++)
		mark(table, found, g_array_index(sieve->others, uint16_t, i));
	return judge(table, found, view, text);
}

GArray *
magictable_candidates(
    struct magictable *table, const struct magicsight *sight, const struct magicentry **sure)
{
	GArray *found = g_array_new(FALSE, FALSE, sizeof(uint16_t));

	*sure = NULL;
	sift(table, &table->bytes, &sight->bytes, false, found);
	if (sight->kind == MAGICTEXT_KNOWN) {
		g_autoptr(GArray) text = g_array_new(FALSE, FALSE, sizeof(uint16_t));

		if (sift(table, &table->text, &sight->text, true, text) && text->len == 1 &&
		    found->len == 0)
			*sure = table->file.sets[0] + g_array_index(text, uint16_t, 0);
		g_array_append_vals(found, text->data, text->len);
		g_array_sort(found, compare_entries);
	}
	return found;
}
