/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef T_UNIT_READING_H
#define T_UNIT_READING_H
/* Messages for tests: text in, facts out. */
#include <string.h>
#include "core/read/reading.h"

/* Behind the empty line that ends the header: where the body begins. `header` is the length of the fields. */
static inline size_t
reading_split(const char *text, size_t size, size_t *header)
{
	const char *at = text, *end = text + size;

	while (at < end && *at != '\n' && !(*at == '\r' && at + 1 < end && at[1] == '\n')) {
		const char *lf = memchr(at, '\n', (size_t)(end - at));

		at = lf != NULL ? lf + 1 : end;
	}
	*header = (size_t)(at - text);
	if (at < end)
		at += *at == '\r' ? 2 : 1;
	return (size_t)(at - text);
}

static inline struct source *
reading_source(const char *text, size_t size)
{
	size_t header, body = reading_split(text, size, &header);

	return source_new(text, header, text + body, size - body);
}

static inline struct facts *
reading_of(const struct brief *brief, const char *text, size_t size)
{
	struct source *source = reading_source(text, size);
	struct facts *facts = reading_run(brief, source);

	source_free(source);
	return facts;
}

/* No checks of contents: what MIME alone says. */
static inline void
reading_bare(struct brief *brief)
{
	brief_init(brief);
	brief->want_html = brief->want_digests = false;
	brief->want_types = brief->want_mime_types = false;
}

#endif
