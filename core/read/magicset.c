/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmagic loads a table from memory without copying it, in microseconds. So tables are made of those entries, with what they use by
 * name: finding a name takes libmagic longer than all the rest, where it has to look through all of them. Mail has few kinds of contents, so the sets
 * of a few dozen of them are kept. Entries that try the whole table on an inner part have
 * the whole table behind their names: what the part is, nobody knows yet.
 */
#include "core/read/magicset.h"

#include <string.h>

#define SETS_KEPT 48
/* A larger one is no gain. */
#define ENTRIES_MAX 2048

struct magicset {
	GArray *candidates; /* NULL: none is kept here */
	bool with_text;
	const struct magicfile *file;
	GByteArray *entries; /* NULL: it would be too large */
	bool whole;	     /* behind them come all entries; they have the names */
	magic_t words, types;
	uint64_t used; /* when */
};

static struct magicset sets[SETS_KEPT];
static uint64_t uses;

/* A table that is being made. */
struct making {
	const struct magicfile *file;
	GByteArray *entries;
	GHashTable *names; /* names that have been asked for */
	GPtrArray *named;  /* their entries */
	uint32_t counts[MAGICENTRY_SETS];
	bool whole; /* it needs all entries */
	bool large; /* it is not to be made */
};

static const struct magicentry *
find_name(const struct magicfile *file, const char *name)
{
	const struct magicentry *end = file->sets[1] + file->counts[1];

	for (const struct magicentry *entry = file->sets[1]; entry < end; entry++) {
		if (entry->type == MAGICENTRY_NAME && entry->level == 0 &&
		    strncmp(entry->value, name, sizeof(entry->value)) == 0)
			return entry;
	}
	return NULL;
}

static void
add_name(struct making *making, const char *name)
{
	const struct magicentry *entry;

	/* The other byte order, of the same. */
	name += *name == '^';
	if (g_hash_table_contains(making->names, name))
		return;
	g_hash_table_add(making->names, (gpointer)name);
	entry = find_name(making->file, name);
	if (entry == NULL)
		making->large = true;
	else
		g_ptr_array_add(making->named, (gpointer)entry);
}

static void
add_entry(struct making *making, unsigned set, const struct magicentry *entry)
{
	const struct magicentry *end =
	    magicentry_end(entry, making->file->sets[set] + making->file->counts[set]);

	for (const struct magicentry *next = entry; next < end; next++) {
		if (next->type == MAGICENTRY_ELSEWHERE)
			making->whole = true;
		if (next->type == MAGICENTRY_USE)
			add_name(making, next->value);
	}
	making->counts[set] += (uint32_t)(end - entry);
	g_byte_array_append(making->entries, (const guint8 *)entry,
	    (guint)((size_t)(end - entry) * sizeof(*entry)));
	if (making->entries->len > ENTRIES_MAX * sizeof(*entry))
		making->large = true;
}

static void
add_for_text(struct making *making)
{
	const struct magicentry *start = making->file->sets[0];
	const struct magicentry *end = start + making->file->counts[0];

	for (const struct magicentry *entry = start; entry < end && !making->large;
	     entry = magicentry_end(entry, end)) {
		if ((entry->flags & MAGICENTRY_TEXT) != 0)
			add_entry(making, 0, entry);
	}
}

/* Those for text come in their own order, so one that is for both would come out of it. */
static void
add_candidates(struct making *making, const GArray *candidates, bool with_text)
{
	for (unsigned i = 0; i < candidates->len && !making->large; i++) {
		const struct magicentry *entry =
		    making->file->sets[0] + g_array_index(candidates, uint16_t, i);

		if (with_text && (entry->flags & MAGICENTRY_TEXT) != 0)
			making->large = true;
		add_entry(making, 0, entry);
	}
	if (with_text)
		add_for_text(making);
	for (unsigned i = 0; i < making->named->len && !making->large; i++)
		add_entry(making, 1, g_ptr_array_index(making->named, i));
}

static void
make(struct magicset *set, const struct magicfile *file)
{
	g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(GPtrArray) named = g_ptr_array_new();
	struct making making = {
		.file = file, .entries = g_byte_array_new(), .names = names, .named = named
	};
	GByteArray *entries = making.entries;

	g_byte_array_append(entries, (const guint8 *)file->head, sizeof(*file->head));
	add_candidates(&making, set->candidates, set->with_text);
	/* Where all entries are tried anyway, the names that are needed come first, to be found. */
	if (making.whole) {
		g_byte_array_remove_range(
		    entries, sizeof(*file->head), making.counts[0] * sizeof(*file->head));
		making.counts[0] = 0;
	}
	memcpy(entries->data + 2 * sizeof(uint32_t), making.counts, sizeof(making.counts));
	set->whole = making.whole;
	set->file = file;
	set->entries = making.large ? NULL : entries;
	if (making.large)
		g_byte_array_unref(entries);
}

static magic_t
load(const struct magicset *set, int flags)
{
	magic_t magic = magic_open(flags);
	void *buffers[] = { set->entries->data, (void *)set->file->head };
	size_t sizes[] = { set->entries->len, g_mapped_file_get_length(set->file->file) };

	if (magic != NULL && magic_load_buffers(magic, buffers, sizes, set->whole ? 2 : 1) != 0)
		g_clear_pointer(&magic, magic_close);
	return magic;
}

static void
clear_set(struct magicset *set)
{
	g_clear_pointer(&set->words, magic_close);
	g_clear_pointer(&set->types, magic_close);
	g_clear_pointer(&set->entries, g_byte_array_unref);
	g_clear_pointer(&set->candidates, g_array_unref);
}

static bool
is_same(const struct magicset *set, const GArray *candidates, bool with_text)
{
	return set->candidates != NULL && set->with_text == with_text &&
	       set->candidates->len == candidates->len &&
	       (candidates->len == 0 || memcmp(set->candidates->data, candidates->data,
					    candidates->len * sizeof(uint16_t)) == 0);
}

static void
drop_doubles(GArray *candidates)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < candidates->len; i++) {
		uint16_t n = g_array_index(candidates, uint16_t, i);

		if (kept == 0 || g_array_index(candidates, uint16_t, kept - 1) != n)
			g_array_index(candidates, uint16_t, kept++) = n;
	}
	g_array_set_size(candidates, kept);
}

const struct magicset *
magicset_get(const struct magictable *table, GArray *candidates, bool with_text)
{
	struct magicset *set = &sets[0];

	drop_doubles(candidates);
	for (unsigned i = 0; i < SETS_KEPT; i++) {
		if (is_same(&sets[i], candidates, with_text)) {
			g_array_unref(candidates);
			sets[i].used = ++uses;
			return sets[i].entries != NULL ? &sets[i] : NULL;
		}
		if (sets[i].used < set->used)
			set = &sets[i];
	}
	clear_set(set);
	set->candidates = candidates;
	set->with_text = with_text;
	set->used = ++uses;
	make(set, magictable_file(table));
	return set->entries != NULL ? set : NULL;
}

magic_t
magicset_words(const struct magicset *set)
{
	struct magicset *kept = &sets[set - sets];

	if (kept->words == NULL)
		kept->words = load(kept, MAGIC_NONE);
	return kept->words;
}

magic_t
magicset_types(const struct magicset *set)
{
	struct magicset *kept = &sets[set - sets];

	if (kept->types == NULL)
		kept->types = load(kept, MAGIC_MIME_TYPE);
	return kept->types;
}

bool
magicset_is_empty(const struct magicset *set)
{
	return set->candidates->len == 0 && !set->with_text;
}
