/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One open-addressed array of (hash, first entry), with the entries of one hash chained: half the
 * memory of a GHashTable of strings and one cache miss a probe, in the one place of the project
 * where that counts. Which tails of an address are worth a probe is known before: those that begin
 * with '@', those that begin with '.' in the domain, the whole address, and for patterns such as
 * "*example.com" the tails of just those lengths that some pattern has. A probe only proposes; the
 * pattern itself is compared before it counts, so hashes may collide.
 */
#include "rules/globset.h"

#include <string.h>

#define NO_ENTRY UINT32_MAX
#define CROWD 16

struct entry {
	const char *pattern;
	uint32_t id;
	uint32_t next; /* with the same hash */
};

struct slot {
	uint32_t hash;
	uint32_t first; /* NO_ENTRY: the slot is free */
};

/* Where in an address the literal text of a pattern can stand. */
enum place {
	PLACE_WHOLE,
	PLACE_AT,    /* a tail that begins with '@' */
	PLACE_LABEL, /* a tail in the domain that begins with '.' */
	PLACE_TAIL,  /* any other tail */
	PLACE_HEAD,
	PLACES
};

/* The lengths of the literal texts, as bits; the last one stands for it and all above. */
#define LENGTHS 256

struct globset {
	GArray *entries; /* of struct entry */
	struct slot *slots;
	uint32_t mask; /* number of slots less one; a power of two less one */
	uint32_t used;
	uint64_t lengths[PLACES][LENGTHS / 64];
	bool has_tails, has_heads; /* of PLACE_TAIL and PLACE_HEAD */
	bool any;		   /* some pattern is "*@*" */
	uint32_t any_id;
};

bool
glob_match(const char *pattern, const char *text, size_t length)
{
	const char *end = text + length, *star = NULL, *resume = NULL;

	while (text < end) {
		if (*pattern == '*') {
			star = ++pattern;
			resume = text;
		} else if (*pattern == *text && *pattern != '\0') {
			pattern++;
			text++;
		} else if (star) {
			pattern = star;
			text = ++resume;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return *pattern == '\0';
}

static struct slot *
new_slots(uint32_t count)
{
	struct slot *slots = g_new(struct slot, count);

	for (uint32_t i = 0; i < count; i++)
		slots[i].first = NO_ENTRY;
	return slots;
}

struct globset *
globset_new(void)
{
	struct globset *set = g_new0(struct globset, 1);

	set->entries = g_array_new(FALSE, FALSE, sizeof(struct entry));
	set->mask = 15;
	set->slots = new_slots(set->mask + 1);
	return set;
}

void
globset_free(struct globset *set)
{
	if (!set)
		return;
	g_array_unref(set->entries);
	g_free(set->slots);
	g_free(set);
}

/* The slot of this hash, or the free one where it belongs. */
static struct slot *
slot_of(const struct globset *set, uint32_t hash)
{
	uint32_t i = hash & set->mask;

	while (set->slots[i].first != NO_ENTRY && set->slots[i].hash != hash)
		i = (i + 1) & set->mask;
	return &set->slots[i];
}

static void
make_room(struct globset *set)
{
	uint32_t count = set->mask + 1;

	if (set->used < count / 2)
		return;
	struct slot *old = set->slots;
	set->slots = new_slots(2 * count);
	set->mask = 2 * count - 1;
	for (uint32_t i = 0; i < count; i++) {
		if (old[i].first != NO_ENTRY)
			*slot_of(set, old[i].hash) = old[i];
	}
	g_free(old);
}

static void
note_length(struct globset *set, enum place place, size_t length)
{
	length = MIN(length, LENGTHS - 1);
	set->lengths[place][length / 64] |= UINT64_C(1) << length % 64;
}

static bool
has_length(const struct globset *set, enum place place, size_t length)
{
	length = MIN(length, LENGTHS - 1);
	return set->lengths[place][length / 64] >> length % 64 & 1;
}

/* One text may be filed at several kinds of places, each with a chain of its own: an entry is found
 * from one place only. */
static uint32_t
place_hash(enum place place, uint32_t hash)
{
	return (hash ^ place) * UINT32_C(0x9e3779b1);
}

static uint32_t
hash_forward(uint32_t hash, char byte)
{
	return (hash ^ (unsigned char)byte) * UINT32_C(0x01000193);
}

static void
file_under(struct globset *set, uint32_t hash, const char *pattern, uint32_t id)
{
	make_room(set);
	struct slot *slot = slot_of(set, hash);
	struct entry entry = { pattern, id, slot->first };

	if (slot->first == NO_ENTRY)
		set->used++;
	slot->hash = hash;
	slot->first = set->entries->len;
	g_array_append_val(set->entries, entry);
}

static void
add_head(struct globset *set, const char *pattern, size_t length, uint32_t id)
{
	uint32_t hash = 0;

	for (size_t i = 0; i < length; i++)
		hash = hash_forward(hash, pattern[i]);
	note_length(set, PLACE_HEAD, length);
	set->has_heads = true;
	file_under(set, place_hash(PLACE_HEAD, hash), pattern, id);
}

static enum place
place_of(const char *pattern, const char *tail)
{
	if (tail == pattern)
		return PLACE_WHOLE;
	if (*tail == '@')
		return PLACE_AT;
	if (*tail == '.' && !strchr(tail, '@') && strchr(pattern, '@'))
		return PLACE_LABEL;
	return PLACE_TAIL;
}

/* So many patterns with the same end that the beginning tells them better apart. */
static bool
is_crowded(const struct globset *set, uint32_t hash)
{
	uint32_t i = slot_of(set, hash)->first;

	for (int n = 0; i != NO_ENTRY && n < CROWD; n++)
		i = g_array_index(set->entries, struct entry, i).next;
	return i != NO_ENTRY;
}

bool
globset_add(struct globset *set, const char *pattern, uint32_t id)
{
	const char *last_star = strrchr(pattern, '*');
	const char *tail = last_star ? last_star + 1 : pattern;
	size_t head = last_star ? strcspn(pattern, "*") : 0;
	enum place place = place_of(pattern, tail);
	uint32_t hash = place_hash(place, address_hash(tail, strlen(tail)));

	if (strcmp(pattern, "*@*") == 0 && !set->any) {
		set->any = true;
		set->any_id = id;
	} else if (*tail != '\0' && (head == 0 || !is_crowded(set, hash))) {
		set->has_tails |= place == PLACE_TAIL;
		note_length(set, place, strlen(tail));
		file_under(set, hash, pattern, id);
	} else if (head > 0) {
		add_head(set, pattern, head, id);
	} else {
		return false;
	}
	return true;
}

/* What a search carries along. */
struct search {
	const struct globset *set;
	const struct address *address;
	unsigned *budget;
	globset_found found;
	void *data;
};

static bool
probe(const struct search *search, enum place place, uint32_t hash)
{
	const struct address *address = search->address;
	uint32_t i = slot_of(search->set, place_hash(place, hash))->first;

	while (i != NO_ENTRY) {
		const struct entry *entry = &g_array_index(search->set->entries, struct entry, i);
		if (*search->budget == 0)
			return false;
		--*search->budget;
		if (glob_match(entry->pattern, address->lower, address->length))
			search->found(entry->id, search->data);
		i = entry->next;
	}
	return true;
}

static bool
find_heads(const struct search *search)
{
	const struct address *address = search->address;
	uint32_t hash = 0;

	for (unsigned i = 0; i < address->length; i++) {
		hash = hash_forward(hash, address->lower[i]);
		if (has_length(search->set, PLACE_HEAD, i + 1) && !probe(search, PLACE_HEAD, hash))
			return false;
	}
	return true;
}

/* At each place where a tail of the usual kinds begins. */
static bool
find_marked(const struct search *search)
{
	const struct address *address = search->address;

	for (unsigned i = 0; i < address->mark_count; i++) {
		unsigned offset = address->marks[i];
		enum place place = address->lower[offset] == '@' ? PLACE_AT : PLACE_LABEL;
		if (has_length(search->set, place, address->length - offset) &&
		    !probe(search, place, address->tails[offset]))
			return false;
	}
	return true;
}

/* At every place, for the patterns that ask for it. */
static bool
find_tails(const struct search *search)
{
	const struct address *address = search->address;

	for (unsigned i = 0; i < address->length; i++) {
		if (has_length(search->set, PLACE_TAIL, address->length - i) &&
		    !probe(search, PLACE_TAIL, address->tails[i]))
			return false;
	}
	return true;
}

bool
globset_find(const struct globset *set, const struct address *address, unsigned *budget,
    globset_found found, void *data)
{
	struct search search = { set, address, budget, found, data };

	if (set->any && address->domain > 0)
		found(set->any_id, data);
	if (address->length > 0 && has_length(set, PLACE_WHOLE, address->length) &&
	    !probe(&search, PLACE_WHOLE, address->tails[0]))
		return false;
	return find_marked(&search) && (!set->has_tails || find_tails(&search)) &&
	       (!set->has_heads || find_heads(&search));
}
