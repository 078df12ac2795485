/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file stays mapped: it is shared with all processes that use libmagic, so it costs no memory to keep. */
#include "core/read/magicentry.h"

#include <magic.h>
#include <string.h>

/* By type. */
static const struct {
	uint8_t width;
	bool big; /* the byte order */
} numbers[256] = {
	[1] = { 1, false },
	[2] = { 2, G_BYTE_ORDER == G_BIG_ENDIAN },
	[4] = { 4, G_BYTE_ORDER == G_BIG_ENDIAN },
	[7] = { 2, true },
	[8] = { 4, true },
	[10] = { 2, false },
	[11] = { 4, false },
	[24] = { 8, G_BYTE_ORDER == G_BIG_ENDIAN },
	[25] = { 8, false },
	[26] = { 8, true },
};

/* The file's first entry: what it is, its version, and how many entries each set has. */
static bool
read_head(struct magicfile *table, const char *bytes, size_t size)
{
	uint32_t head[2 + MAGICENTRY_SETS];

	if (size < sizeof(struct magicentry) || size % sizeof(struct magicentry) != 0)
		return false;
	memcpy(head, bytes, sizeof(head));
	if (head[0] != MAGICENTRY_FORMAT || head[1] != MAGICENTRY_VERSION ||
	    (uint64_t)head[2] + head[3] + 1 != size / sizeof(struct magicentry))
		return false;
	table->head = (const struct magicentry *)(const void *)bytes;
	table->sets[0] = table->head + 1;
	table->sets[1] = table->sets[0] + head[2];
	table->counts[0] = head[2];
	table->counts[1] = head[3];
	return head[2] > 0 && head[2] <= UINT16_MAX && table->sets[0]->level == 0;
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

bool
magicfile_load(struct magicfile *table)
{
	GMappedFile *file = find_table();

	if (file == NULL)
		return false;
	if (!read_head(table, g_mapped_file_get_contents(file), g_mapped_file_get_length(file))) {
		g_mapped_file_unref(file);
		return false;
	}
	table->file = file;
	return true;
}

const struct magicentry *
magicentry_end(const struct magicentry *entry, const struct magicentry *end)
{
	do
		entry++;
	while (entry < end && entry->level > 0);
	return entry;
}

struct magicview
magicentry_string(const struct magicentry *entry)
{
	const char *value = entry->value;
	size_t length = MIN(entry->length, sizeof(entry->value) - 1), used = 0;
	bool blanks = (entry->string_flags & MAGICENTRY_BLANKS) != 0;

	while (blanks && length > 0 && g_ascii_isspace(*value)) {
		value++;
		length--;
	}
	while (used < length && !(blanks && g_ascii_isspace(value[used])))
		used++;
	/* No more of the file is looked at. */
	if (entry->type == MAGICENTRY_STRING && entry->range > 0)
		used = MIN(used, entry->range);
	return (struct magicview){ value, used };
}

unsigned
magicentry_width(const struct magicentry *entry)
{
	return numbers[entry->type].width;
}

uint64_t
magicentry_number(const struct magicentry *entry, const char *bytes)
{
	unsigned width = numbers[entry->type].width;
	uint64_t number = 0;

	for (unsigned i = 0; i < width; i++) {
		unsigned at = numbers[entry->type].big ? i : width - 1 - i;

		number = number << 8 | (uint8_t)bytes[at];
	}
	return number;
}
