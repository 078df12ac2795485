/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names of PDF are searched for in the whole file, objects and streams alike, since a reader that repairs damaged files finds objects
 * wherever they are. A name may be written with #xx for any byte. Short ones are believed only with what must follow them, for
 * compressed data has every short word somewhere.
 */
#include "core/read/pdf.h"

#include <string.h>

/* The version may stand so far behind the beginning. */
#define HEADER_LOOK 1024
#define NAME_MAX_LENGTH 16

static const struct {
	const char *name;
	bool with_value; /* counts only with a string, a stream or a reference behind it */
	enum part_fact fact;
} names[] = {
	{ "JavaScript", false, PART_FACT_script },
	{ "JS", true, PART_FACT_script },
	{ "Launch", false, PART_FACT_script },
	{ "EmbeddedFile", false, PART_FACT_embedded_object },
	{ "EmbeddedFiles", false, PART_FACT_embedded_object },
	{ "Encrypt", true, PART_FACT_encrypted },
};

bool
pdf_is(const char *bytes, size_t size)
{
	return memmem(bytes, MIN(size, HEADER_LOOK), "%PDF-", 5) != NULL;
}

/* The name at p, decoded, into `name`. What follows it. */
static const char *
read_name(const char *p, const char *end, char name[static NAME_MAX_LENGTH])
{
	size_t length = 0;

	while (p < end && length < NAME_MAX_LENGTH - 1) {
		char c = *p;

		if (c == '#' && end - p > 2 && g_ascii_isxdigit(p[1]) && g_ascii_isxdigit(p[2])) {
			c = (char)(g_ascii_xdigit_value(p[1]) * 16 + g_ascii_xdigit_value(p[2]));
			p += 2;
		}
		if (!g_ascii_isalpha(c))
			break;
		name[length++] = c;
		p++;
	}
	name[length] = '\0';
	return p;
}

static bool
has_value(const char *p, const char *end)
{
	while (p < end && g_ascii_isspace(*p))
		p++;
	return p < end && (*p == '(' || *p == '<' || g_ascii_isdigit(*p));
}

void
pdf_read(struct part *part, const char *bytes, size_t size)
{
	const char *p = bytes, *end = bytes + size;
	char name[NAME_MAX_LENGTH];

	while ((p = memchr(p, '/', (size_t)(end - p))) != NULL) {
		p = read_name(p + 1, end, name);
		for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
			if (strcmp(name, names[i].name) == 0 &&
			    (!names[i].with_value || has_value(p, end)))
				part_set(part, names[i].fact);
		}
	}
}
