/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Most briefs are as the defaults are, or nearly: what is left out needs not be read again for each message.
 */
#include "core/read/brief_json.h"

#include <stddef.h>

/* MEMBER(id, type) */
#define BRIEF_MEMBERS(MEMBER)                 \
	MEMBER(max_depth, NUMBER)             \
	MEMBER(max_parts, SIGNED)             \
	MEMBER(max_header, LARGE)             \
	MEMBER(max_archive_depth, NUMBER)     \
	MEMBER(max_files, NUMBER)             \
	MEMBER(max_bytes, LARGE)              \
	MEMBER(max_ratio, NUMBER)             \
	MEMBER(seconds, NUMBER)               \
	MEMBER(find_archives_by_content, YES) \
	MEMBER(find_uuencoded, YES)           \
	MEMBER(unpack_documents, YES)         \
	MEMBER(expand_tnef, YES)              \
	MEMBER(list_archives, YES)            \
	MEMBER(want_types, YES)               \
	MEMBER(want_mime_types, YES)          \
	MEMBER(want_html, YES)                \
	MEMBER(want_digests, YES)

enum type { NUMBER, SIGNED, LARGE, YES };

static const struct {
	const char *name;
	enum type type;
	size_t offset;
} members[] = {
#define MEMBER(id, type) { #id, type, offsetof(struct brief, id) },
	BRIEF_MEMBERS(MEMBER)
#undef MEMBER
};

static gint64
value_of(const struct brief *brief, size_t n)
{
	const char *at = (const char *)brief + members[n].offset;

	switch (members[n].type) {
	case NUMBER:
		return *(const unsigned *)at;
	case SIGNED:
		return *(const gint64 *)at;
	case LARGE:
		return (gint64)MIN(*(const uint64_t *)at, (uint64_t)G_MAXINT64);
	case YES:
		return *(const bool *)at;
	}
	return 0;
}

void
brief_write(const struct brief *brief, GString *out)
{
	struct brief usual;

	brief_init(&usual);
	g_string_append_c(out, '{');
	for (size_t i = 0; i < G_N_ELEMENTS(members); i++) {
		gint64 value = value_of(brief, i);

		if (value == value_of(&usual, i))
			continue;
		if (out->str[out->len - 1] != '{')
			g_string_append_c(out, ',');
		g_string_append_printf(out, "\"%s\":%" G_GINT64_FORMAT, members[i].name, value);
	}
	g_string_append_c(out, '}');
}

static bool
set_value(struct brief *brief, size_t n, gint64 value)
{
	char *at = (char *)brief + members[n].offset;

	switch (members[n].type) {
	case NUMBER:
		*(unsigned *)at = (unsigned)value;
		return value >= 0 && value <= G_MAXUINT;
	case SIGNED:
		*(gint64 *)at = value;
		return true;
	case LARGE:
		*(uint64_t *)at = (uint64_t)value;
		return value >= 0;
	case YES:
		*(bool *)at = value == 1;
		return value == 0 || value == 1;
	}
	return false;
}

bool
brief_read(struct brief *brief, const json_t *json)
{
	size_t found = 0;

	brief_init(brief);
	if (!json_is_object(json))
		return false;
	for (size_t i = 0; json_object_size(json) > 0 && i < G_N_ELEMENTS(members); i++) {
		const json_t *value = json_object_get(json, members[i].name);

		if (value == NULL)
			continue;
		found++;
		if (!json_is_integer(value) || !set_value(brief, i, json_integer_value(value)))
			return false;
	}
	return found == json_object_size(json);
}
