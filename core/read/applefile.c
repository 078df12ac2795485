/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A table says where each entry lies. Resource forks hold nothing that other machines open. Mail programs of a Mac give the file its
 * real name, whatever the part is called.
 */
#include "core/read/applefile.h"

#include <string.h>

#include "core/read/member.h"
#include "core/read/names.h"

/* Magic, version, 16 bytes of nothing, number of entries; of each: kind, offset, length. */
#define HEADER 26
#define COUNT_AT 24
#define ENTRY 12
#define MAGIC_SINGLE 0x00051600u
#define MAGIC_DOUBLE 0x00051607u

enum entry_kind { ENTRY_DATA = 1, ENTRY_NAME = 3 };

struct applefile {
	struct container container;
	const uint8_t *bytes;
	size_t size;
	unsigned count; /* of entries that are there */
	bool damaged;
	const char *name; /* borrowed from the bytes; NULL: none */
	size_t name_length;
};

struct entry {
	uint32_t kind;
	const char *at;
	size_t length;
};

static uint32_t
big32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

bool
applefile_is(const char *bytes, size_t size)
{
	uint32_t magic = size >= 4 ? big32((const uint8_t *)bytes) : 0;

	return magic == MAGIC_SINGLE || magic == MAGIC_DOUBLE;
}

/* The ith entry, as much of it as is there. */
static struct entry
read_entry(struct applefile *file, unsigned i)
{
	const uint8_t *p = file->bytes + HEADER + (size_t)i * ENTRY;
	size_t offset = big32(p + 4), length = big32(p + 8);

	if (offset > file->size || length > file->size - offset)
		file->damaged = true;
	offset = MIN(offset, file->size);
	return (struct entry){ .kind = big32(p),
		.at = (const char *)file->bytes + offset,
		.length = MIN(length, file->size - offset) };
}

static void
count_entries(struct applefile *file)
{
	unsigned stated;

	if (file->size < HEADER || !applefile_is((const char *)file->bytes, file->size)) {
		file->damaged = true;
		return;
	}
	stated = (unsigned)file->bytes[COUNT_AT] << 8 | file->bytes[COUNT_AT + 1];
	file->count = (unsigned)MIN(stated, (file->size - HEADER) / ENTRY);
	file->damaged |= file->count < stated;
}

static void
find_name(struct applefile *file)
{
	for (unsigned i = 0; i < file->count; i++) {
		struct entry entry = read_entry(file, i);

		if (entry.kind == ENTRY_NAME && entry.length > 0) {
			file->name = entry.at;
			file->name_length = entry.length;
		}
	}
}

/* Under both names, where they differ. */
static void
take_data(struct applefile *file, const struct part *part, const struct entry *entry)
{
	struct member member;
	bool named = file->name != NULL;

	if (!member_begin(&member, &file->container, named ? file->name : part->name,
		named ? file->name_length : strlen(part->name)))
		return;
	if (named && *part->name != '\0')
		member_name(&member, part->name, strlen(part->name));
	member_write(&member, entry->at, entry->length);
	member_end(&member);
}

static void
take_entries(struct applefile *file, struct part *part)
{
	bool data = false;

	for (unsigned i = 0; i < file->count && !file->container.stopped; i++) {
		struct entry entry = read_entry(file, i);

		if (entry.kind != ENTRY_DATA)
			continue;
		data = true;
		take_data(file, part, &entry);
	}
	if (!data && file->name != NULL)
		names_add(part, file->name, file->name_length, NULL);
}

void
applefile_open(struct task *task, unsigned n, const char *bytes, size_t size)
{
	struct applefile file = { .bytes = (const uint8_t *)bytes, .size = size };
	struct part *part = facts_part(task->facts, n);

	container_enter_document(&file.container, task, n, size, 'r');
	count_entries(&file);
	find_name(&file);
	if (task->brief->max_archive_depth == 0)
		container_stop(&file.container);
	take_entries(&file, part);
	if (file.damaged)
		part_set(part, PART_FACT_unreadable);
	container_leave(&file.container);
}
