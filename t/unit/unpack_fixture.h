/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef T_UNIT_UNPACK_FIXTURE_H
#define T_UNIT_UNPACK_FIXTURE_H
/* A file is read as if it were a message's only part, and what was found is told as text. */
#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "core/read/names.h"
#include "core/read/task.h"

/* Libraries ask for what a damaged file says, and take no for an answer. */
const char *__asan_default_options(void);
const char *
__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}

static inline struct facts *
unpack_read(const struct brief *brief, const char *name, const void *bytes, size_t size)
{
	struct task task = {
		.brief = brief,
		.facts = facts_new(),
		.deadline = g_get_monotonic_time() + (gint64)brief->seconds * G_USEC_PER_SEC,
	};
	struct part *part = facts_add_part(task.facts, -1, PART_LEAF);

	g_free(part->type);
	part->type = g_strdup("application/octet-stream");
	names_add(part, name, strlen(name), "Content-Type");
	task_content(&task, 0, bytes, size);
	g_assert_null(task.containers);
	return task.facts;
}

static inline void
unpack_facts_text(GString *text, const struct part *part)
{
	for (unsigned i = 0; i < PART_FACT_COUNT; i++) {
		if (part_has(part, i))
			g_string_append_printf(text, " %s", part_fact_name(i));
	}
}

/* How many files it was unpacked out of. */
static inline int
unpack_around(const struct facts *facts, unsigned n)
{
	int around = 0;

	for (int i = (int)n; facts_part(facts, (unsigned)i)->parent >= 0;) {
		const struct part *part = facts_part(facts, (unsigned)i);

		around += part->letter != 'n';
		i = part->parent;
	}
	return around;
}

/* One line a part: depth, letter, name, size, facts; limits at the end. The caller's. */
static inline char *
unpack_text(const struct facts *facts)
{
	GString *text = g_string_new("");

	for (unsigned n = 0; n < facts->parts->len; n++) {
		const struct part *part = facts_part(facts, n);

		g_string_append_printf(text, "%*s%c %s %" G_GUINT64_FORMAT,
		    unpack_around(facts, n) * 2, "", part->letter, part->name, part->size);
		unpack_facts_text(text, part);
		g_string_append_c(text, '\n');
	}
	for (unsigned i = 0; i < READ_LIMIT_COUNT; i++) {
		if (facts->limits & 1u << i)
			g_string_append_printf(text, "limit %s\n", read_limit_name(i));
	}
	return g_string_free(text, FALSE);
}

/* What it is told as, in the same way. The caller's. */
static inline char *
unpack_tell(const struct brief *brief, const char *name, const void *bytes, size_t size)
{
	struct facts *facts = unpack_read(brief, name, bytes, size);
	char *text = unpack_text(facts);

	facts_free(facts);
	return text;
}

/* Nothing but what is in files, and what they are. */
static inline void
unpack_brief(struct brief *brief)
{
	brief_init(brief);
	brief->want_types = brief->want_mime_types = brief->want_html = false;
}

/* Resident memory in bytes. */
static inline size_t
unpack_resident(void)
{
	unsigned long size = 0, resident = 0;
	FILE *file = fopen("/proc/self/statm", "re");

	g_assert_nonnull(file);
	g_assert_cmpint(fscanf(file, "%lu %lu", &size, &resident), ==, 2);
	fclose(file);
	return resident * (size_t)sysconf(_SC_PAGESIZE);
}

#endif
