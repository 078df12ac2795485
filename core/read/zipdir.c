/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libarchive reads one of the two directories and says nothing of the other, so both are read here, for their names and flags
 * alone. Counting the entries first also keeps a directory of a million of them from being built up in memory.
 */
#include "core/read/zipdir.h"

#include <string.h>

#include "core/read/little.h"

#define LOCAL_MAGIC "PK\3\4"
#define LOCAL_SIZE 30
#define CENTRAL_MAGIC "PK\1\2"
#define CENTRAL_SIZE 46
#define END_MAGIC "PK\5\6"
#define END_SIZE 22
#define END64_MAGIC "PK\6\6"
#define END64_SIZE 56
#define LOCATOR64_MAGIC "PK\6\7"
#define LOCATOR64_SIZE 20
/* The comment behind the end is at most that long; so far back the end may lie. */
#define COMMENT_MAX 65535
/* A data descriptor is at most that long. */
#define DESCRIPTOR_MAX 24

#define EXTRA_ZIP64 1
#define EXTRA_UNICODE 0x7075

#define FLAG_ENCRYPTED 1u
#define FLAG_DESCRIPTOR 8u
#define FLAG_DIRECTORY_ENCRYPTED 0x2000u

/* The last end record. NULL: none. */
static const char *
find_end(const char *bytes, size_t size)
{
	if (size < END_SIZE)
		return NULL;
	size_t last = size - END_SIZE; /* where it may begin */
	const char *first = bytes + last - MIN(last, COMMENT_MAX);

	for (const char *stop = bytes + last + 1;;) {
		stop = memrchr(first, 'P', (size_t)(stop - first));
		if (stop == NULL || memcmp(stop, END_MAGIC, 4) == 0)
			return stop;
	}
}

bool
zipdir_ends_here(const char *bytes, size_t size)
{
	const char *end = find_end(bytes, size);

	/* Bytes at random say that, too; then there is no directory in front. */
	return end != NULL && little32(end + 12) <= (size_t)(end - bytes) &&
	       (little16(end + 10) == 0 || little32(end + 12) == UINT32_MAX ||
		   memcmp(end - little32(end + 12), CENTRAL_MAGIC, 4) == 0 ||
		   (end - bytes >= LOCATOR64_SIZE &&
		       memcmp(end - LOCATOR64_SIZE, LOCATOR64_MAGIC, 4) == 0));
}

bool
zipdir_ends_exactly(const char *bytes, size_t size)
{
	const char *end = find_end(bytes, size);

	return zipdir_ends_here(bytes, size) &&
	       (size_t)(end - bytes) + END_SIZE + little16(end + 20) == size;
}

/* Where the central directory begins, and how far positions in it are off since something stands in front of the zip. */
static bool
find_directory(const char *bytes, size_t size, size_t *start, uint64_t *shift)
{
	const char *end = find_end(bytes, size);
	const char *last = end;
	uint64_t length, offset;

	if (end == NULL)
		return false;
	length = little32(end + 12);
	offset = little32(end + 16);
	if (end - bytes >= LOCATOR64_SIZE &&
	    memcmp(end - LOCATOR64_SIZE, LOCATOR64_MAGIC, 4) == 0) {
		uint64_t at = little64(end - LOCATOR64_SIZE + 8);

		if (at <= size && size - at >= END64_SIZE &&
		    memcmp(bytes + at, END64_MAGIC, 4) == 0) {
			last = bytes + at;
			length = little64(last + 40);
			offset = little64(last + 48);
		}
	}
	if (length > (size_t)(last - bytes))
		return false;
	*start = (size_t)(last - bytes) - length;
	*shift = *start >= offset ? *start - offset : 0;
	return true;
}

/* Positions and sizes that do not fit into 32 bits. */
static void
read_zip64(struct zip_entry *entry, const char *record, const char *p, const char *stop)
{
	if (little32(record + 24) == UINT32_MAX)
		p += 8;
	if (entry->packed == UINT32_MAX && stop - p >= 8) {
		entry->packed = little64(p);
		p += 8;
	}
	if (entry->local == UINT32_MAX && stop - p >= 8)
		entry->local = little64(p);
}

static void
read_extra(struct zip_entry *entry, const char *record, const char *extra, size_t length)
{
	while (length >= 4) {
		size_t field = MIN((size_t)little16(extra + 2), length - 4);
		const char *p = extra + 4, *stop = p + field;

		if (little16(extra) == EXTRA_ZIP64)
			read_zip64(entry, record, p, stop);
		if (little16(extra) == EXTRA_UNICODE && field > 5) {
			entry->unicode_name = p + 5;
			entry->unicode_length = (unsigned)field - 5;
		}
		extra = stop;
		length -= 4 + field;
	}
}

static void
read_local(struct zip_entry *entry, const char *bytes, size_t size, uint64_t shift)
{
	const char *p;

	entry->local += shift;
	if (entry->local > size || size - entry->local < LOCAL_SIZE)
		return;
	p = bytes + entry->local;
	if (memcmp(p, LOCAL_MAGIC, 4) != 0 || little16(p + 26) > size - entry->local - LOCAL_SIZE)
		return;
	entry->local_flags = little16(p + 6);
	entry->local_method = little16(p + 8);
	entry->local_crc = little32(p + 14);
	entry->local_name = p + LOCAL_SIZE;
	entry->local_length = little16(p + 26);
}

/* One record of the directory. Its length; 0 where there is none. */
static size_t
read_record(struct zip_entry *entry, const char *bytes, size_t size, size_t at, uint64_t shift)
{
	const char *p = bytes + at;
	size_t length;

	if (size - at < CENTRAL_SIZE || memcmp(p, CENTRAL_MAGIC, 4) != 0)
		return 0;
	length = CENTRAL_SIZE + little16(p + 28) + little16(p + 30) + little16(p + 32);
	if (length > size - at)
		return 0;
	*entry = (struct zip_entry){
		.name = p + CENTRAL_SIZE,
		.name_length = little16(p + 28),
		.flags = little16(p + 8),
		.method = little16(p + 10),
		.crc = little32(p + 16),
		.packed = little32(p + 20),
		.local = little32(p + 42),
	};
	read_extra(entry, p, entry->name + entry->name_length, little16(p + 30));
	read_local(entry, bytes, size, shift);
	return length;
}

struct zipdir *
zipdir_new(const char *bytes, size_t size, unsigned maximum)
{
	struct zipdir *zipdir;
	struct zip_entry entry;
	size_t at, length;
	uint64_t shift;

	if (!find_directory(bytes, size, &at, &shift))
		return NULL;
	zipdir = g_new0(struct zipdir, 1);
	zipdir->entries = g_array_new(FALSE, FALSE, sizeof(struct zip_entry));
	while ((length = read_record(&entry, bytes, size, at, shift)) != 0) {
		if (zipdir->entries->len == maximum) {
			zipdir->too_many = true;
			break;
		}
		zipdir->encrypted |= (entry.flags & FLAG_DIRECTORY_ENCRYPTED) != 0;
		g_array_append_val(zipdir->entries, entry);
		at += length;
	}
	return zipdir;
}

void
zipdir_free(struct zipdir *zipdir)
{
	if (zipdir == NULL)
		return;
	g_array_unref(zipdir->entries);
	g_free(zipdir);
}

bool
zipdir_has(const struct zipdir *zipdir, const char *name)
{
	size_t length = strlen(name);

	for (unsigned i = 0; i < zipdir->entries->len; i++) {
		const struct zip_entry *entry =
		    &g_array_index(zipdir->entries, struct zip_entry, i);

		if (entry->name_length == length &&
		    g_ascii_strncasecmp(entry->name, name, length) == 0)
			return true;
	}
	return false;
}

bool
zip_entry_content_differs(const struct zip_entry *entry)
{
	if (entry->local_name == NULL)
		return false;
	return ((entry->flags ^ entry->local_flags) & FLAG_ENCRYPTED) != 0 ||
	       ((entry->local_flags & FLAG_DESCRIPTOR) == 0 && entry->crc != entry->local_crc);
}

bool
zip_entry_method_differs(const struct zip_entry *entry)
{
	return entry->local_name != NULL && entry->method != entry->local_method;
}

static int
compare_local(const void *a, const void *b)
{
	const struct zip_entry *const *x = a, *const *y = b;

	return (*x)->local < (*y)->local ? -1 : (*x)->local > (*y)->local;
}

/* Local headers in [from, to). */
static void
search_gap(GArray *found, const char *bytes, size_t from, size_t to, unsigned maximum)
{
	const char *p = bytes + from, *end = bytes + to;

	while (end - p >= LOCAL_SIZE && found->len < maximum &&
	       (p = memmem(p, (size_t)(end - p), LOCAL_MAGIC, 4)) != NULL) {
		size_t at = (size_t)(p - bytes);

		if (end - p >= LOCAL_SIZE && little16(p + 26) > 0 && little16(p + 26) < 1024)
			g_array_append_val(found, at);
		p += 4;
	}
}

GArray *
zipdir_hidden(const struct zipdir *zipdir, const char *bytes, size_t size, unsigned maximum)
{
	GArray *found = g_array_new(FALSE, FALSE, sizeof(size_t));
	g_autoptr(GPtrArray) order = g_ptr_array_new();
	uint64_t at = 0;

	for (unsigned i = 0; i < zipdir->entries->len; i++) {
		struct zip_entry *entry = &g_array_index(zipdir->entries, struct zip_entry, i);

		if (entry->local_name != NULL)
			g_ptr_array_add(order, entry);
	}
	g_ptr_array_sort(order, compare_local);
	for (unsigned i = 0; i < order->len; i++) {
		const struct zip_entry *entry = g_ptr_array_index(order, i);
		const char *p = bytes + entry->local;

		if (entry->local > at)
			search_gap(found, bytes, at, entry->local, maximum);
		at = MAX(at, entry->local + LOCAL_SIZE + little16(p + 26) + little16(p + 28));
		at = entry->packed < size ? MIN(at + entry->packed, size) : size;
	}
	if (at < size)
		search_gap(found, bytes, at, size, maximum);
	return found;
}
