/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a sieve lets through is judged one by one. All of it is taken more widely than libmagic does, and what is found is judged again,
 * with what continues it.
 */
#include "core/read/magictable.h"

#include "core/read/magicsieve.h"
#include "core/read/magictest.h"

struct magictable {
	struct magicfile file;
	GHashTable *regexes; /* of entries */
	struct magicsieve *bytes, *text;
	uint32_t *seen; /* a bit for each entry */
};

static void
add(const struct magictable *table, struct magicsieve *sieve, const struct magicentry *entry)
{
	magicsieve_add(sieve, entry, (uint16_t)(entry - table->file.sets[0]),
	    g_hash_table_lookup(table->regexes, entry));
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
			add(table, table->bytes, entry);
		if ((entry->flags & MAGICENTRY_TEXT) != 0)
			add(table, table->text, entry);
	}
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
	table->bytes = magicsieve_new(false);
	table->text = magicsieve_new(true);
	read_entries(table);
	magicsieve_close(table->bytes);
	magicsieve_close(table->text);
	return table;
}

const struct magicfile *
magictable_file(const struct magictable *table)
{
	return &table->file;
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
sift(struct magictable *table, const struct magicsieve *sieve, const struct magicview *view,
    bool text, GArray *found)
{
	struct magicmarks marks = { table->seen, found };

	magicsieve_find(sieve, view, &marks);
	return judge(table, found, view, text);
}

GArray *
magictable_candidates(
    struct magictable *table, const struct magicsight *sight, const struct magicentry **sure)
{
	GArray *found = g_array_new(FALSE, FALSE, sizeof(uint16_t));

	*sure = NULL;
	sift(table, table->bytes, &sight->bytes, false, found);
	if (sight->kind == MAGICTEXT_KNOWN) {
		g_autoptr(GArray) text = g_array_new(FALSE, FALSE, sizeof(uint16_t));

		if (sift(table, table->text, &sight->text, true, text) && text->len == 1 &&
		    found->len == 0)
			*sure = table->file.sets[0] + g_array_index(text, uint16_t, 0);
		g_array_append_vals(found, text->data, text->len);
		g_array_sort(found, compare_entries);
	}
	return found;
}
