/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stands in for modules that are not there yet. */
#include <string.h>
#include <sys/mman.h>
#include <errno.h>
#include "core/read/filetype.h"
#include "core/read/reading.h"
bool
filetype_prepare(void)
{
	return true;
}
void
brief_init(struct brief *b)
{
	*b = (struct brief){ .max_depth = 100,
		.max_parts = 200,
		.max_header = 1000000,
		.max_archive_depth = 2,
		.max_files = 10000,
		.max_bytes = 200000000,
		.max_ratio = 250,
		.seconds = 30,
		.find_archives_by_content = true,
		.unpack_documents = true,
		.expand_tnef = true,
		.list_archives = true,
		.want_types = true,
		.want_mime_types = true,
		.want_html = true,
		.want_digests = true };
}
struct source *
source_new(const char *header, size_t n, const char *body, uint64_t size)
{
	struct source *s = g_new0(struct source, 1);
	g_autoptr(GString) h = g_string_new_len(header, (gssize)n);
	g_string_append_c(h, '\n');
	s->header = g_bytes_new(h->str, h->len);
	s->body = body;
	s->body_size = size;
	return s;
}
struct source *
source_new_mapped(const char *header, size_t n, int fd, off_t offset, uint64_t size, GError **error)
{
	struct source *s = source_new(header, n, NULL, size);
	s->mapping_size = (size_t)offset + size;
	s->mapping = mmap(NULL, s->mapping_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (s->mapping == MAP_FAILED) {
		g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_IO, "map: %s", g_strerror(errno));
		s->mapping = NULL;
		source_free(s);
		return NULL;
	}
	s->body = (char *)s->mapping + offset;
	return s;
}
void
source_free(struct source *s)
{
	if (s == NULL)
		return;
	g_bytes_unref(s->header);
	if (s->mapping != NULL)
		munmap(s->mapping, s->mapping_size);
	g_free(s);
}
struct facts *
reading_run(const struct brief *brief, const struct source *source)
{
	struct facts *f = facts_new();
	struct part *p = facts_add_part(f, -1, PART_LEAF);
	(void)brief;
	p->header_end = g_bytes_get_size(source->header) - 1;
	p->body_start = f->body_start = p->header_end + 1;
	p->body_end = p->body_start + source->body_size;
	p->size = source->body_size;
	return f;
}
bool
reading_contents(
    const struct brief *brief, const struct source *source, const struct reading_wish *wish)
{
	(void)brief;
	if (wish->count == 0 || wish->parts[0] != 0 || !wish->begin(0, wish->data))
		return false;
	return wish->take(source->body, source->body_size, wish->data);
}
