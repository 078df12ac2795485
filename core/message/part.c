/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/message/part.h"

#include <string.h>

static void
part_free(void *data)
{
	struct part *part = data;

	g_free(part->type);
	g_free(part->declared_type);
	g_free(part->encoding);
	g_free(part->charset);
	g_free(part->disposition);
	g_free(part->boundary);
	g_free(part->content_id);
	g_free(part->name);
	g_ptr_array_unref(part->names);
	g_free(part->name_header);
	g_free(part->digest);
	g_free(part->description);
	g_free(part->mime);
	html_facts_free(part->html);
	g_free(part);
}

struct facts *
facts_new(void)
{
	struct facts *facts = g_new0(struct facts, 1);

	facts->parts = g_ptr_array_new_with_free_func(part_free);
	facts->readings = 1;
	return facts;
}

void
facts_free(struct facts *facts)
{
	if (facts == NULL)
		return;
	g_ptr_array_unref(facts->parts);
	g_free(facts);
}

struct part *
facts_add_part(struct facts *facts, int parent, enum part_kind kind)
{
	struct part *part = g_new0(struct part, 1);

	part->parent = parent;
	part->kind = kind;
	part->letter = 'n';
	part->type = g_strdup("text/plain");
	part->encoding = g_strdup("");
	part->charset = g_strdup("");
	part->disposition = g_strdup("");
	part->name = g_strdup("");
	part->name_header = g_strdup("");
	part->signature_mark = HTML_NOWHERE;
	part->names = g_ptr_array_new_with_free_func(g_free);
	g_ptr_array_add(facts->parts, part);
	return part;
}

struct part *
facts_part(const struct facts *facts, unsigned n)
{
	return g_ptr_array_index(facts->parts, n);
}

bool
part_has(const struct part *part, enum part_fact fact)
{
	return (part->facts & (UINT64_C(1) << fact)) != 0;
}

void
part_set(struct part *part, enum part_fact fact)
{
	part->facts |= UINT64_C(1) << fact;
}

void
part_add_name(struct part *part, const char *name)
{
	if (*name == '\0')
		return;
	for (unsigned i = 0; i < part->names->len; i++) {
		if (strcmp(g_ptr_array_index(part->names, i), name) == 0)
			return;
	}
	g_ptr_array_add(part->names, g_strdup(name));
}

unsigned
facts_mime_part(const struct facts *facts, unsigned n)
{
	while (facts_part(facts, n)->kind == PART_MEMBER)
		n = (unsigned)facts_part(facts, n)->parent;
	return n;
}

G_STATIC_ASSERT(PART_FACT_COUNT <= 64);

static const struct {
	const char *name, *text;
} facts_table[] = {
#define FACT(id, text) { #id, text },
	PART_FACTS(FACT)
#undef FACT
};

static const struct {
	const char *name, *directive, *key;
} limits_table[] = {
#define LIMIT(id, directive, key) { #id, directive, key },
	READ_LIMITS(LIMIT)
#undef LIMIT
};

const char *
part_fact_name(enum part_fact fact)
{
	return facts_table[fact].name;
}

const char *
part_fact_text(enum part_fact fact)
{
	return facts_table[fact].text;
}

const char *
part_kind_name(enum part_kind kind)
{
	static const char *const names[] = { "leaf", "multipart", "message", "member" };

	return names[kind];
}

const char *
read_limit_name(enum read_limit limit)
{
	return limits_table[limit].name;
}

const char *
read_limit_directive(enum read_limit limit)
{
	return limits_table[limit].directive;
}

const char *
read_limit_key(enum read_limit limit)
{
	return limits_table[limit].key;
}
