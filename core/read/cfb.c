/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A reader that gives every entry of the directory, also those that nothing leads to, and follows no chain for longer than the file is
 * long. libgsf was looked at: it gives only what the tree of names leads to, and tells what is wrong with a file by warnings on standard
 * error, as many as the sender likes.
 */
#include "core/read/cfb.h"

#include <string.h>

#include "core/read/little.h"

static const char magic[] = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

#define HEADER_SIZE 512
#define HEADER_FAT_SECTORS 109
#define ENTRY_SIZE 128
#define ENTRY_STORAGE 1
#define ENTRY_STREAM 2
#define ENTRY_ROOT 5
#define SECTOR_LAST 0xfffffffau /* those above mean something else */

bool
cfb_is(const char *bytes, size_t size)
{
	return size >= HEADER_SIZE && memcmp(bytes, magic, 8) == 0;
}

/* A sector's bytes and how many of them there are. NULL: it lies behind the end. */
static const uint8_t *
sector_at(const struct cfb *cfb, uint32_t sector, size_t *length)
{
	uint64_t at = ((uint64_t)sector + 1) << cfb->shift;

	if (sector >= SECTOR_LAST || at >= cfb->size)
		return NULL;
	*length = MIN((size_t)1 << cfb->shift, cfb->size - at);
	return cfb->bytes + at;
}

/* The sector behind this one. */
static uint32_t
next_sector(const struct cfb *cfb, uint32_t sector)
{
	unsigned per_sector = 1u << (cfb->shift - 2);
	size_t length;
	const uint8_t *p;

	if (sector / per_sector >= cfb->fat_sectors->len)
		return CFB_NONE;
	p = sector_at(cfb, g_array_index(cfb->fat_sectors, uint32_t, sector / per_sector), &length);
	if (p == NULL || (sector % per_sector + 1) * 4 > length)
		return CFB_NONE;
	return little32(p + sector % per_sector * 4);
}

/* A chain of sectors, at most `size` bytes, and never more than the file has. */
static GByteArray *
read_chain(struct cfb *cfb, uint32_t sector, uint64_t size)
{
	GByteArray *bytes = g_byte_array_new();
	uint64_t wanted = MIN(size, cfb->size);

	while (bytes->len < wanted) {
		size_t length;
		const uint8_t *p = sector_at(cfb, sector, &length);

		if (p == NULL)
			break;
		g_byte_array_append(bytes, p, (guint)MIN(length, wanted - bytes->len));
		sector = next_sector(cfb, sector);
	}
	return bytes;
}

/* Where the FAT lies: the first sectors of it stand in the header, more in a chain. */
static void
read_fat_sectors(struct cfb *cfb)
{
	unsigned per_sector = (1u << (cfb->shift - 2)) - 1;
	size_t most = (cfb->size >> cfb->shift) + 1, length;
	uint32_t sector = little32(cfb->bytes + 68);
	const uint8_t *p;

	for (unsigned i = 0; i < HEADER_FAT_SECTORS; i++) {
		uint32_t fat = little32(cfb->bytes + 76 + i * 4);

		if (fat < SECTOR_LAST)
			g_array_append_val(cfb->fat_sectors, fat);
	}
	while (cfb->fat_sectors->len < most && (p = sector_at(cfb, sector, &length)) != NULL &&
	       length == (size_t)1 << cfb->shift) {
		for (unsigned i = 0; i < per_sector; i++) {
			uint32_t fat = little32(p + i * 4);

			g_array_append_val(cfb->fat_sectors, fat);
		}
		sector = little32(p + per_sector * 4);
	}
}

/* The name of an entry: at most 31 UTF-16 units. The caller's. */
static char *
read_name(const uint8_t *p)
{
	GString *name = g_string_new("");
	unsigned length = MIN(little16(p + 64), 64) / 2;

	for (unsigned i = 0; i < length && little16(p + i * 2) != 0; i++) {
		gunichar c = little16(p + i * 2);

		g_string_append_unichar(name, g_unichar_validate(c) ? c : 0xfffd);
	}
	return g_string_free(name, FALSE);
}

static void
read_directory(struct cfb *cfb)
{
	g_autoptr(GByteArray) directory =
	    read_chain(cfb, little32(cfb->bytes + 48), (uint64_t)CFB_ENTRIES_MAX * ENTRY_SIZE);

	for (unsigned at = 0; at + ENTRY_SIZE <= directory->len; at += ENTRY_SIZE) {
		const uint8_t *p = directory->data + at;
		struct cfb_entry entry = {
			.name = read_name(p),
			.storage = p[66] != ENTRY_STREAM,
			.parent = CFB_NONE,
			.left = little32(p + 68),
			.right = little32(p + 72),
			.child = little32(p + 76),
			.start = little32(p + 116),
			.size = little32(p + 120),
		};

		/* An unused entry has no name. */
		if (p[66] != ENTRY_STORAGE && p[66] != ENTRY_STREAM && p[66] != ENTRY_ROOT)
			entry.name[0] = '\0';
		g_array_append_val(cfb->entries, entry);
	}
}

/* An entry that is to be visited. */
struct step {
	uint32_t n, parent;
};

static void
push(GArray *stack, uint32_t n, uint32_t parent)
{
	struct step step = { n, parent };

	g_array_append_val(stack, step);
}

/* Who lies in what: trees of siblings, each entry visited once. */
static void
find_parents(struct cfb *cfb)
{
	g_autoptr(GArray) stack = g_array_new(FALSE, FALSE, sizeof(struct step));
	g_autofree bool *seen = g_new0(bool, cfb->entries->len);

	seen[0] = true;
	push(stack, cfb_entry(cfb, 0)->child, 0);
	while (stack->len > 0) {
		struct step top = g_array_index(stack, struct step, stack->len - 1);
		uint32_t n = top.n, parent = top.parent;
		struct cfb_entry *entry;

		g_array_set_size(stack, stack->len - 1);
		if (n >= cfb->entries->len || seen[n])
			continue;
		seen[n] = true;
		entry = &g_array_index(cfb->entries, struct cfb_entry, n);
		entry->parent = parent;
		push(stack, entry->left, parent);
		push(stack, entry->right, parent);
		if (entry->storage)
			push(stack, entry->child, n);
	}
}

static void
clear_entry(void *data)
{
	struct cfb_entry *entry = data;

	g_free(entry->name);
}

struct cfb *
cfb_open(const char *bytes, size_t size)
{
	struct cfb *cfb;
	unsigned shift;

	if (!cfb_is(bytes, size))
		return NULL;
	shift = little16((const uint8_t *)bytes + 30);
	if (shift < 7 || shift > 16)
		return NULL;
	cfb = g_new0(struct cfb, 1);
	cfb->bytes = (const uint8_t *)bytes;
	cfb->size = size;
	cfb->shift = shift;
	cfb->mini_shift = MIN(little16(cfb->bytes + 32), shift);
	cfb->mini_cutoff = little32(cfb->bytes + 56);
	cfb->fat_sectors = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	cfb->entries = g_array_new(FALSE, FALSE, sizeof(struct cfb_entry));
	g_array_set_clear_func(cfb->entries, clear_entry);
	read_fat_sectors(cfb);
	read_directory(cfb);
	if (cfb->entries->len == 0) {
		cfb_close(cfb);
		return NULL;
	}
	find_parents(cfb);
	cfb->mini = read_chain(cfb, cfb_entry(cfb, 0)->start, cfb_entry(cfb, 0)->size);
	cfb->mini_fat = read_chain(cfb, little32(cfb->bytes + 60), size);
	return cfb;
}

void
cfb_close(struct cfb *cfb)
{
	if (cfb == NULL)
		return;
	g_array_unref(cfb->entries);
	g_array_unref(cfb->fat_sectors);
	if (cfb->mini != NULL)
		g_byte_array_unref(cfb->mini);
	if (cfb->mini_fat != NULL)
		g_byte_array_unref(cfb->mini_fat);
	g_free(cfb);
}

const struct cfb_entry *
cfb_entry(const struct cfb *cfb, uint32_t n)
{
	return &g_array_index(cfb->entries, struct cfb_entry, n);
}

uint32_t
cfb_find(const struct cfb *cfb, uint32_t parent, const char *name)
{
	for (uint32_t i = 0; i < cfb->entries->len; i++) {
		if (cfb_entry(cfb, i)->parent == parent &&
		    g_ascii_strcasecmp(cfb_entry(cfb, i)->name, name) == 0)
			return i;
	}
	return CFB_NONE;
}

/* A chain of the small sectors that lie in the root's stream. */
static GByteArray *
read_mini_chain(const struct cfb *cfb, uint32_t sector, uint64_t size)
{
	GByteArray *bytes = g_byte_array_new();
	size_t step = (size_t)1 << cfb->mini_shift;

	while (bytes->len < size) {
		uint64_t at = (uint64_t)sector << cfb->mini_shift;

		if (at >= cfb->mini->len)
			break;
		g_byte_array_append(bytes, cfb->mini->data + at,
		    (guint)MIN(MIN(step, cfb->mini->len - at), size - bytes->len));
		sector = ((uint64_t)sector + 1) * 4 <= cfb->mini_fat->len
			     ? little32(cfb->mini_fat->data + (size_t)sector * 4)
			     : CFB_NONE;
	}
	return bytes;
}

GByteArray *
cfb_stream(struct cfb *cfb, uint32_t n)
{
	const struct cfb_entry *entry = cfb_entry(cfb, n);
	GByteArray *bytes = entry->size < cfb->mini_cutoff
				? read_mini_chain(cfb, entry->start, entry->size)
				: read_chain(cfb, entry->start, entry->size);

	if (bytes->len < entry->size)
		cfb->damaged = true;
	return bytes;
}
