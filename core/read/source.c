/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The body is as large as senders like, so it is mapped, but for a small one: a mapping costs more than it is to copy that. The header
 * is small and already in memory, as the queue file's format wraps it in other things. Readers see two spans.
 */
#include "core/read/source.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Bytes of a body that is copied. */
#define COPIED_MAX (64 * 1024)

static GBytes *
header_block(const char *header, size_t size)
{
	char *block = g_malloc(size + 1);

	if (size > 0)
		memcpy(block, header, size);
	block[size] = '\n';
	return g_bytes_new_take(block, size + 1);
}

struct source *
source_new(const char *header, size_t header_size, const char *body, uint64_t body_size)
{
	struct source *source = g_new0(struct source, 1);

	source->header = header_block(header, header_size);
	source->body = body != NULL ? body : "";
	source->body_size = body_size;
	return source;
}

static bool
copy_body(struct source *source, int fd, off_t offset)
{
	size_t got = 0;

	source->copy = g_malloc(source->body_size);
	source->body = source->copy;
	while (got < source->body_size) {
		ssize_t n =
		    pread(fd, source->copy + got, source->body_size - got, offset + (off_t)got);

		if (n == 0)
			errno = EIO;
		if (n <= 0 && errno != EINTR)
			return false;
		got += n > 0 ? (size_t)n : 0;
	}
	return true;
}

static bool
map_body(struct source *source, int fd, off_t offset)
{
	off_t page = offset % sysconf(_SC_PAGESIZE);
	size_t mapped = source->body_size + (uint64_t)page;
	void *mapping = mmap(NULL, mapped, PROT_READ, MAP_PRIVATE, fd, offset - page);

	if (mapping == MAP_FAILED)
		return false;
	source->mapping = mapping;
	source->mapping_size = mapped;
	source->body = (const char *)mapping + page;
	return true;
}

struct source *
source_new_mapped(const char *header, size_t header_size, int fd, off_t offset, uint64_t body_size,
    GError **error)
{
	struct source *source = source_new(header, header_size, NULL, body_size);
	bool small = body_size <= COPIED_MAX;

	if (body_size == 0 ||
	    (small ? copy_body(source, fd, offset) : map_body(source, fd, offset)))
		return source;
	int number = errno;

	source_free(source);
	g_set_error(error, G_FILE_ERROR, (int)g_file_error_from_errno(number), "%s a body: %s",
	    small ? "read" : "map", g_strerror(number));
	return NULL;
}

void
source_free(struct source *source)
{
	if (source == NULL)
		return;
	if (source->mapping != NULL)
		munmap(source->mapping, source->mapping_size);
	g_free(source->copy);
	g_bytes_unref(source->header);
	g_free(source);
}
