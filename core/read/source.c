/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The body is as large as senders like, so it is mapped; the header is small and already in memory, as the queue file's format
 * wraps it in other things. Readers see two spans and never a copy of the body.
 */
#include "core/read/source.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

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

struct source *
source_new_mapped(const char *header, size_t header_size, int fd, off_t offset, uint64_t body_size,
    GError **error)
{
	off_t page = offset % sysconf(_SC_PAGESIZE);
	size_t mapped = body_size + (uint64_t)page;
	struct source *source = source_new(header, header_size, NULL, body_size);

	if (body_size == 0)
		return source;
	source->mapping = mmap(NULL, mapped, PROT_READ, MAP_PRIVATE, fd, offset - page);
	if (source->mapping == MAP_FAILED) {
		int number = errno;

		source->mapping = NULL;
		source_free(source);
		g_set_error(error, G_FILE_ERROR, (int)g_file_error_from_errno(number),
		    "map a body: %s", g_strerror(number));
		return NULL;
	}
	source->mapping_size = mapped;
	source->body = (const char *)source->mapping + page;
	return source;
}

void
source_free(struct source *source)
{
	if (source == NULL)
		return;
	if (source->mapping != NULL)
		munmap(source->mapping, source->mapping_size);
	g_bytes_unref(source->header);
	g_free(source);
}
