/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libarchive's reader of cabinets (3.6.2) writes past its memory when an LZX folder says so, and reads past it when a block does; both
 * are on public record with samples. Stored and MSZIP folders are a page of code over zlib, so those are read here and the others
 * are told by their names alone.
 */
#include "core/read/cab.h"

#include <string.h>
#include <zlib.h>
#include "core/read/little.h"
#include "core/read/member.h"

#define HEADER_SIZE 36
#define FOLDER_SIZE 8
#define FILE_SIZE 16
#define DATA_SIZE 8
#define BLOCK_MAX 32768
#define HAS_PREVIOUS 1u
#define HAS_NEXT 2u
#define HAS_RESERVE 4u

enum method { METHOD_STORED, METHOD_MSZIP };

struct cabinet {
	struct container container;
	const uint8_t *bytes;
	size_t size;
	size_t folders; /* where the records of folders begin */
	unsigned folder_count, folder_step, data_reserve;
	size_t files;
	unsigned file_count;
	bool damaged;
};

/* A folder while it is decoded, block by block. */
struct folder {
	const struct cabinet *cabinet;
	size_t next; /* position of the next block */
	unsigned blocks_left, method;
	uint64_t start; /* position of the block in what the folder unpacks to */
	uint8_t block[BLOCK_MAX], before[BLOCK_MAX];
	unsigned length, before_length;
};

/* Behind a text that ends with NUL; SIZE_MAX where it does not. */
static size_t
skip_text(const struct cabinet *cabinet, size_t at)
{
	const uint8_t *end;

	if (at >= cabinet->size)
		return SIZE_MAX;
	end = memchr(cabinet->bytes + at, '\0', cabinet->size - at);
	return end != NULL ? (size_t)(end - cabinet->bytes) + 1 : SIZE_MAX;
}

/* False: the header is damaged. */
static bool
read_header(struct cabinet *cabinet)
{
	const uint8_t *p = cabinet->bytes;
	unsigned flags, names;
	size_t at = HEADER_SIZE;

	if (cabinet->size < HEADER_SIZE + 4)
		return false;
	flags = little16(p + 30);
	cabinet->files = little32(p + 16);
	cabinet->folder_count = little16(p + 26);
	cabinet->file_count = little16(p + 28);
	cabinet->folder_step = FOLDER_SIZE;
	if (flags & HAS_RESERVE) {
		cabinet->folder_step += p[38];
		cabinet->data_reserve = p[39];
		at += 4 + little16(p + 36);
	}
	names = (flags & HAS_PREVIOUS ? 2 : 0) + (flags & HAS_NEXT ? 2 : 0);
	while (names-- > 0 && at != SIZE_MAX)
		at = skip_text(cabinet, at);
	cabinet->folders = at;
	return at < cabinet->size;
}

static bool
open_folder(struct folder *folder, const struct cabinet *cabinet, unsigned n)
{
	size_t at = cabinet->folders + (size_t)n * cabinet->folder_step;

	memset(folder, 0, sizeof *folder);
	folder->cabinet = cabinet;
	if (n >= cabinet->folder_count || at + FOLDER_SIZE > cabinet->size)
		return false;
	folder->next = little32(cabinet->bytes + at);
	folder->blocks_left = little16(cabinet->bytes + at + 4);
	folder->method = little16(cabinet->bytes + at + 6) & 0xf;
	return folder->method == METHOD_STORED || folder->method == METHOD_MSZIP;
}

/* MSZIP: two letters and deflated data that goes on from the block before. */
static bool
inflate_block(struct folder *folder, const uint8_t *bytes, unsigned size)
{
	z_stream stream = { .next_in = (Bytef *)(uintptr_t)bytes + 2, .avail_in = size - 2 };
	bool done;

	if (size < 2 || memcmp(bytes, "CK", 2) != 0 || inflateInit2(&stream, -15) != Z_OK)
		return false;
	stream.next_out = folder->block;
	stream.avail_out = folder->length;
	done = (folder->before_length == 0 ||
		   inflateSetDictionary(&stream, folder->before, folder->before_length) == Z_OK) &&
	       inflate(&stream, Z_FINISH) == Z_STREAM_END && stream.avail_out == 0;
	inflateEnd(&stream);
	return done;
}

/* Decodes the next block. False: there is none, or it is damaged. */
static bool
next_block(struct folder *folder)
{
	const struct cabinet *cabinet = folder->cabinet;
	const uint8_t *p = cabinet->bytes + folder->next;
	size_t header = DATA_SIZE + cabinet->data_reserve;
	unsigned packed;

	if (folder->blocks_left == 0 || folder->next > cabinet->size ||
	    cabinet->size - folder->next < header)
		return false;
	folder->blocks_left--;
	folder->start += folder->length;
	memcpy(folder->before, folder->block, folder->length);
	folder->before_length = folder->length;
	packed = little16(p + 4);
	folder->length = MIN(little16(p + 6), BLOCK_MAX);
	if (packed > cabinet->size - folder->next - header)
		return false;
	folder->next += header + packed;
	if (folder->method == METHOD_MSZIP)
		return inflate_block(folder, p + header, packed);
	folder->length = MIN(packed, BLOCK_MAX);
	memcpy(folder->block, p + header, folder->length);
	return true;
}

/* Bytes `from` to `from` + `left` of the folder. False: they could not all be had. */
static bool
copy_range(struct folder *folder, struct member *member, uint64_t from, uint64_t left)
{
	while (left > 0) {
		uint64_t skipped;
		size_t length;

		if (from < folder->start)
			return false;
		if (from >= folder->start + folder->length) {
			if (!task_in_time(member->container->task) || !next_block(folder)) {
				/* What is behind it can't be had either. */
				folder->blocks_left = 0;
				folder->length = 0;
				return false;
			}
			continue;
		}
		skipped = from - folder->start;
		length = MIN(left, folder->length - skipped);
		if (!member_write(member, folder->block + skipped, length))
			return true;
		from += length;
		left -= length;
	}
	return true;
}

/* Takes one file out. `n` and `usable`: the folder at hand, and whether it can be decoded. */
static void
take_file(struct cabinet *cabinet, struct folder *folder, unsigned *n, bool *usable,
    const uint8_t *record, size_t name_length)
{
	struct part *part;
	struct member member;

	if (!member_begin(
		&member, &cabinet->container, (const char *)record + FILE_SIZE, name_length))
		return;
	part = member_part(&member);
	part_set(facts_part(cabinet->container.task->facts, cabinet->container.part),
	    PART_FACT_unencrypted_member);
	if (cabinet->container.names_only) {
		part_set(part, PART_FACT_not_unpacked);
		return member_end_empty(&member);
	}
	if (little16(record + 8) != *n) {
		*n = little16(record + 8);
		*usable = open_folder(folder, cabinet, *n);
	}
	if (!*usable || !copy_range(folder, &member, little32(record + 4), little32(record))) {
		part_set(part, PART_FACT_unreadable);
		cabinet->damaged = true;
		if (member.size == 0)
			return member_end_empty(&member);
	}
	member_end(&member);
}

static void
take_files(struct cabinet *cabinet)
{
	g_autofree struct folder *folder = g_new0(struct folder, 1);
	unsigned n = UINT32_MAX;
	bool usable = false;
	size_t at = cabinet->files;

	for (unsigned i = 0; i < cabinet->file_count && !cabinet->container.stopped; i++) {
		size_t end = at < cabinet->size ? skip_text(cabinet, at + FILE_SIZE) : SIZE_MAX;

		if (end == SIZE_MAX) {
			cabinet->damaged = true;
			return;
		}
		take_file(
		    cabinet, folder, &n, &usable, cabinet->bytes + at, end - at - FILE_SIZE - 1);
		at = end;
	}
}

void
cab_open(struct task *task, unsigned n, const char *bytes, size_t size)
{
	struct cabinet cabinet = { .bytes = (const uint8_t *)bytes, .size = size };
	struct part *part = facts_part(task->facts, n);

	part_set(part, PART_FACT_archive);
	container_enter(&cabinet.container, task, n, size, 'r');
	cabinet.container.names_only = task->brief->max_archive_depth == 0;
	if (read_header(&cabinet))
		take_files(&cabinet);
	else
		cabinet.damaged = true;
	if (cabinet.damaged)
		part_set(part, PART_FACT_unreadable);
	if (cabinet.container.names_only)
		part_set(part, PART_FACT_not_unpacked);
	container_leave(&cabinet.container);
}
