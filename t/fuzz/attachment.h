/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef T_FUZZ_ATTACHMENT_H
#define T_FUZZ_ATTACHMENT_H
/*
 * Any bytes as an attachment, opened as the reader opens it.
 */
#include <string.h>

#include "core/read/reading.h"

/* `name` may be "". */
static inline void
attachment_read(const char *name, const char *bytes, size_t size)
{
	g_autofree char *header =
	    g_strdup_printf("MIME-Version: 1.0\nContent-Type: application/octet-stream%s%s\n"
			    "Content-Transfer-Encoding: binary\n",
		*name != '\0' ? "; name=" : "", name);
	struct brief brief;

	brief_init(&brief);
	brief.seconds = 5;
	brief.max_bytes = 16 << 20;
	brief.max_files = 200;
	struct source *source = source_new(header, strlen(header), bytes, size);
	struct facts *facts = reading_run(&brief, source);

	g_assert_cmpuint(facts->parts->len, >, 0);
	facts_free(facts);
	source_free(source);
}

/* The bytes behind `begin`, which says what the file is. */
static inline void
attachment_read_as(
    const char *name, const void *begin, size_t length, const uint8_t *bytes, size_t size)
{
	g_autofree char *file = g_malloc(length + size);

	memcpy(file, begin, length);
	if (size > 0)
		memcpy(file + length, bytes, size);
	attachment_read(name, file, length + size);
}

#endif
