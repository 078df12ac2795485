/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libarchive takes encrypted data of RAR 5 for compressed data and calls it damaged, and in a solid archive it can't go on behind
 * it. So the headers are read here, for names and encryption alone.
 */
#include "core/read/rardir.h"

#include <stdint.h>
#include <string.h>

static const char magic[] = "Rar!\x1a\x07\x01";
/* A program that unpacks itself may stand in front, as long as that. */
#define SFX_MAX (1 << 20)

enum block_type { BLOCK_FILE = 2, BLOCK_ENCRYPTION = 4, BLOCK_END = 5 };
#define BLOCK_HAS_EXTRA 1
#define BLOCK_HAS_DATA 2
#define FILE_IS_DIRECTORY 1
#define FILE_HAS_TIME 2
#define FILE_HAS_CRC 4
#define RECORD_ENCRYPTION 1

/* What is left to read. */
struct cursor {
	const uint8_t *at, *end;
	bool failed;
};

static uint64_t
read_vint(struct cursor *cursor)
{
	uint64_t value = 0;

	for (unsigned shift = 0; shift < 63; shift += 7) {
		if (cursor->at == cursor->end)
			break;
		value |= (uint64_t)(*cursor->at & 0x7f) << shift;
		if ((*cursor->at++ & 0x80) == 0)
			return value;
	}
	cursor->failed = true;
	return 0;
}

static const uint8_t *
skip(struct cursor *cursor, uint64_t length)
{
	const uint8_t *start = cursor->at;

	if (length > (uint64_t)(cursor->end - cursor->at)) {
		cursor->failed = true;
		cursor->at = cursor->end;
	} else {
		cursor->at += length;
	}
	return start;
}

/* Whether a record about encryption is among those of the extra area. */
static bool
extra_encrypts(struct cursor extra)
{
	while (extra.at < extra.end && !extra.failed) {
		uint64_t length = read_vint(&extra);
		struct cursor record = extra;

		if (read_vint(&record) == RECORD_ENCRYPTION && !record.failed)
			return true;
		skip(&extra, length);
	}
	return false;
}

static void
read_file(struct rardir *rardir, struct cursor header, struct cursor extra)
{
	struct rar_entry entry = { .encrypted = extra_encrypts(extra) };
	uint64_t flags = read_vint(&header), length;

	read_vint(&header); /* size */
	read_vint(&header); /* attributes */
	skip(&header, (flags & FILE_HAS_TIME ? 4 : 0) + (flags & FILE_HAS_CRC ? 4 : 0));
	read_vint(&header); /* method */
	read_vint(&header); /* system */
	length = read_vint(&header);
	entry.directory = (flags & FILE_IS_DIRECTORY) != 0;
	entry.name = (const char *)skip(&header, length);
	entry.name_length = (unsigned)length;
	if (!header.failed && length > 0)
		g_array_append_val(rardir->entries, entry);
}

/* One block. False: it was the last. */
static bool
read_block(struct rardir *rardir, struct cursor *cursor)
{
	struct cursor header, extra;
	uint64_t size, type, flags, extra_size = 0, data_size = 0;

	skip(cursor, 4);
	size = read_vint(cursor);
	header.at = skip(cursor, size);
	header.end = cursor->at;
	header.failed = cursor->failed;
	type = read_vint(&header);
	flags = read_vint(&header);
	if (flags & BLOCK_HAS_EXTRA)
		extra_size = read_vint(&header);
	if (flags & BLOCK_HAS_DATA)
		data_size = read_vint(&header);
	if (header.failed || extra_size > (uint64_t)(header.end - header.at))
		return false;
	extra = (struct cursor){ .at = header.end - extra_size, .end = header.end };
	header.end = extra.at;
	if (type == BLOCK_FILE)
		read_file(rardir, header, extra);
	if (type == BLOCK_ENCRYPTION)
		rardir->encrypted_names = true;
	skip(cursor, data_size);
	return type != BLOCK_END && type != BLOCK_ENCRYPTION && !cursor->failed;
}

struct rardir *
rardir_new(const char *bytes, size_t size, unsigned maximum)
{
	const char *start = memmem(bytes, MIN(size, SFX_MAX), magic, sizeof magic);
	struct cursor cursor = { .end = (const uint8_t *)bytes + size };
	struct rardir *rardir;

	if (start == NULL)
		return NULL;
	cursor.at = (const uint8_t *)start + sizeof magic;
	rardir = g_new0(struct rardir, 1);
	rardir->entries = g_array_new(FALSE, FALSE, sizeof(struct rar_entry));
	while (rardir->entries->len < maximum && read_block(rardir, &cursor))
		continue;
	return rardir;
}

void
rardir_free(struct rardir *rardir)
{
	if (rardir == NULL)
		return;
	g_array_unref(rardir->entries);
	g_free(rardir);
}
