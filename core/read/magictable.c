/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmagic tries some four thousand entries one by one, which takes half a millisecond for a short text. Most ask for certain bytes at
 * a certain place: all of them together are a look into a small index. Others look for words anywhere: one pass finds them all. Both
 * are taken more widely than libmagic does (up to the first blank, wherever the range ends), so what is not found here is not
 * found there. What is neither (comparisons, masks, indirect places, and what is used by name) is the rest, which libmagic
 * judges itself. The format is private to libmagic and has a version: any other than the known one is left alone.
 */
#include "core/read/magictable.h"

#include <glib.h>
#include <magic.h>
#include <stdint.h>
#include <string.h>

#define FORMAT 0xF11E041Cu
#define FORMAT_VERSION 18
#define SETS 2
/* libmagic looks no further. */
#define LOOK (1 << 20)

/* As in the file, in the byte order of this machine. */
struct entry {
	uint16_t level; /* 0: begins an entry; others continue it */
	uint8_t flags, factor;
	char relation;
	uint8_t length, type, indirect_type;
	uint8_t indirect_operator, mask_operator, condition, factor_operator;
	int32_t offset, indirect_offset;
	uint32_t line;
	uint32_t range, string_flags; /* or, of numbers, a mask */
	char value[128];
	char description[64];
	char rest[152];
};

_Static_assert(sizeof(struct entry) == 376, "an entry is as long as libmagic's");

enum { FLAGS_ELSEWHERE = 0x87, STRING_BLANKS = 0x3, STRING_FOLDED = 0xc };
enum { TYPE_STRING = 5, TYPE_REGEX = 17, TYPE_SEARCH = 20 };

/* Bytes that an entry wants. */
struct wanted {
	size_t offset;
	uint8_t length;
	bool folded; /* letters of either case will do */
	char bytes[128];
};

struct magictable {
	GArray *first[256]; /* of struct wanted: at offset 0, by the first byte. NULL: none */
	GArray *elsewhere;  /* at other offsets */
	GArray *words[256]; /* anywhere, by the first byte */
	GByteArray *rest;
	uint32_t counts[SETS];
};

static bool
is_text_byte(char c)
{
	uint8_t byte = (uint8_t)c;

	return byte >= ' ' || (byte >= '\a' && byte <= '\r') || byte == '\033';
}

/* The bytes of a number, as they stand in a file. 0: not a number of a known kind. */
static unsigned
number_bytes(const struct entry *entry, char *bytes)
{
	static const struct {
		uint8_t type, size;
		bool swapped;
	} kinds[] = { { 1, 1, false }, { 2, 2, false }, { 4, 4, false }, { 7, 2, true },
		{ 8, 4, true }, { 10, 2, false }, { 11, 4, false }, { 24, 8, false },
		{ 25, 8, false }, { 26, 8, true } };

	for (unsigned i = 0; i < G_N_ELEMENTS(kinds); i++) {
		if (kinds[i].type != entry->type)
			continue;
		for (unsigned k = 0; k < kinds[i].size; k++)
			bytes[k] = entry->value[kinds[i].swapped ? kinds[i].size - 1 - k : k];
		return kinds[i].size;
	}
	return 0;
}

/* The bytes that must be there for a string to match. */
static unsigned
string_bytes(const struct entry *entry, char *bytes)
{
	const char *value = entry->value;
	unsigned length = MIN(entry->length, sizeof(entry->value)), used = 0;
	bool blanks = (entry->string_flags & STRING_BLANKS) != 0;

	while (blanks && length > 0 && g_ascii_isspace(*value)) {
		value++;
		length--;
	}
	while (used < length && !(blanks && g_ascii_isspace(value[used]))) {
		bytes[used] = value[used];
		used++;
	}
	return used;
}

static void
add_wanted(GArray **list, const struct wanted *wanted)
{
	if (*list == NULL)
		*list = g_array_new(FALSE, FALSE, sizeof(struct wanted));
	g_array_append_val(*list, *wanted);
}

static void
add_fixed(struct magictable *table, struct wanted *wanted, size_t offset)
{
	wanted->offset = offset;
	add_wanted(offset == 0 ? &table->first[(uint8_t)g_ascii_tolower(wanted->bytes[0])]
			       : &table->elsewhere,
	    wanted);
}

/* Whether nothing but regular expressions can come of it. */
static bool
is_for_expressions(const struct entry *entry, const struct entry *end)
{
	const struct entry *next = entry + 1;

	if (entry->description[0] != '\0' || next == end || next->level == 0)
		return false;
	for (; next < end && next->level > 0; next++) {
		if (next->level == 1 && (next->type != TYPE_REGEX || next->relation != '='))
			return false;
	}
	return true;
}

/* False: it belongs to the rest. */
static bool
sort_in(struct magictable *table, const struct entry *entry, const struct entry *end)
{
	struct wanted wanted = { .length = 0 };
	bool search = entry->type == TYPE_SEARCH;
	bool blank = search && (entry->string_flags & STRING_BLANKS) != 0 &&
		     g_ascii_isspace(entry->value[0]);

	if (entry->relation != '=' || (entry->flags & FLAGS_ELSEWHERE) != 0 || entry->offset < 0)
		return false;
	if (entry->type == TYPE_REGEX || (search && is_for_expressions(entry, end)))
		return true;
	if (search || entry->type == TYPE_STRING) {
		wanted.length = (uint8_t)string_bytes(entry, wanted.bytes);
		wanted.folded = (entry->string_flags & STRING_FOLDED) != 0;
	} else if (entry->range == 0 && entry->string_flags == 0 && entry->mask_operator == 0) {
		wanted.length = (uint8_t)number_bytes(entry, wanted.bytes);
	}
	if (wanted.length == 0 ||
	    (entry->type == TYPE_STRING && entry->value[0] != wanted.bytes[0]))
		return false;
	for (unsigned i = 0; i < wanted.length; i++) {
		if (!is_text_byte(wanted.bytes[i]))
			return true;
	}
	if (search && (entry->range != 1 || blank)) {
		/* Words that begin much, and are common in texts, are libmagic's to judge. */
		if (entry->description[0] == '\0' || wanted.length < 2)
			return false;
		add_wanted(&table->words[(uint8_t)g_ascii_tolower(wanted.bytes[0])], &wanted);
		return true;
	}
	add_fixed(table, &wanted, (size_t)entry->offset);
	/* A search in one place is one in two. */
	if (search)
		add_fixed(table, &wanted, (size_t)entry->offset + 1);
	return true;
}

static void
read_set(struct magictable *table, unsigned set, const struct entry *entry, uint32_t count)
{
	const struct entry *end = entry + count;

	while (entry < end) {
		const struct entry *next = entry + 1;

		while (next < end && next->level > 0)
			next++;
		if (!sort_in(table, entry, end)) {
			g_byte_array_append(table->rest, (const guint8 *)entry,
			    (guint)((size_t)(next - entry) * sizeof(*entry)));
			table->counts[set] += (uint32_t)(next - entry);
		}
		entry = next;
	}
}

/* The file's first entry: what it is, its version, and how many entries each set has. */
static bool
read_table(struct magictable *table, const char *bytes, size_t size)
{
	struct entry first;
	uint32_t head[2 + SETS];

	if (size < sizeof(first) || size % sizeof(first) != 0)
		return false;
	memcpy(&first, bytes, sizeof(first));
	memcpy(head, bytes, sizeof(head));
	if (head[0] != FORMAT || head[1] != FORMAT_VERSION ||
	    (uint64_t)head[2] + head[3] + 1 != size / sizeof(first))
		return false;
	const struct entry *entries = (const struct entry *)(const void *)bytes;

	g_byte_array_append(table->rest, (const guint8 *)&first, sizeof(first));
	read_set(table, 0, entries + 1, head[2]);
	read_set(table, 1, entries + 1 + head[2], head[3]);
	memcpy(table->rest->data + 2 * sizeof(uint32_t), table->counts, sizeof(table->counts));
	return true;
}

/* Whether a source of entries has none. */
static bool
is_empty(const char *path)
{
	g_autofree char *text = NULL;
	g_auto(GStrv) lines = NULL;

	if (!g_file_test(path, G_FILE_TEST_EXISTS))
		return true;
	if (!g_file_get_contents(path, &text, NULL, NULL))
		return false;
	lines = g_strsplit(text, "\n", -1);
	for (char **line = lines; *line != NULL; line++) {
		if (*g_strstrip(*line) != '\0' && **line != '#')
			return false;
	}
	return true;
}

/* The one compiled table on libmagic's path. */
static GMappedFile *
find_table(void)
{
	g_auto(GStrv) paths = g_strsplit(magic_getpath(NULL, 0), ":", -1);
	GMappedFile *found = NULL;

	for (char **path = paths; *path != NULL; path++) {
		g_autofree char *compiled = g_strconcat(*path, ".mgc", NULL);
		GMappedFile *file = g_mapped_file_new(compiled, FALSE, NULL);

		if (file != NULL && found == NULL) {
			found = file;
		} else if (file != NULL || !is_empty(*path)) {
			g_clear_pointer(&file, g_mapped_file_unref);
			g_clear_pointer(&found, g_mapped_file_unref);
			return NULL;
		}
	}
	return found;
}

static void
free_table(struct magictable *table)
{
	for (unsigned i = 0; i < G_N_ELEMENTS(table->first); i++) {
		g_clear_pointer(&table->first[i], g_array_unref);
		g_clear_pointer(&table->words[i], g_array_unref);
	}
	g_clear_pointer(&table->elsewhere, g_array_unref);
	g_byte_array_unref(table->rest);
	g_free(table);
}

struct magictable *
magictable_load(void)
{
	GMappedFile *file = find_table();

	if (file == NULL)
		return NULL;
	struct magictable *table = g_new0(struct magictable, 1);

	table->rest = g_byte_array_new();
	if (!read_table(table, g_mapped_file_get_contents(file), g_mapped_file_get_length(file))) {
		free_table(table);
		table = NULL;
	}
	g_mapped_file_unref(file);
	return table;
}

void
magictable_rest(struct magictable *table, void **buffer, size_t *size)
{
	*buffer = table->rest->data;
	*size = table->rest->len;
}

static bool
any_at(const GArray *list, const char *bytes, size_t size, size_t place, bool anywhere)
{
	for (unsigned i = 0; list != NULL && i < list->len; i++) {
		const struct wanted *wanted = &g_array_index(list, struct wanted, i);
		size_t offset = anywhere ? place : wanted->offset;

		if (offset + wanted->length > size)
			continue;
		if (wanted->folded
			? g_ascii_strncasecmp(bytes + offset, wanted->bytes, wanted->length) == 0
			: memcmp(bytes + offset, wanted->bytes, wanted->length) == 0)
			return true;
	}
	return false;
}

bool
magictable_may_match(const struct magictable *table, const char *bytes, size_t size)
{
	size = MIN(size, LOOK);
	if (size == 0 ||
	    any_at(table->first[(uint8_t)g_ascii_tolower(bytes[0])], bytes, size, 0, false) ||
	    any_at(table->elsewhere, bytes, size, 0, false))
		return true;
	for (size_t i = 0; i < size; i++) {
		const GArray *words = table->words[(uint8_t)g_ascii_tolower(bytes[i])];

		if (words != NULL && any_at(words, bytes, size, i, true))
			return true;
	}
	return false;
}
