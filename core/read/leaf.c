/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is found out about an entity while its bytes are at hand: how its code is written, what it decodes to, and whether some
 * program would read it differently. Other readings are noted only, since the usual one comes first and whole.
 */
#include "core/read/walk.h"

#include <string.h>
#include "core/read/base64.h"

/* Bytes gone over for other readings: a second's work. */
#define SEARCHED_MAX (UINT64_C(4) << 30)

/* A CR that ends no line. */
static bool
has_bare_cr(const char *bytes, size_t size)
{
	const char *end = bytes + size;

	for (const char *at = bytes; at < end; at++) {
		at = memchr(at, '\r', (size_t)(end - at));
		if (at == NULL)
			return false;
		if (at + 1 == end || at[1] != '\n')
			return true;
	}
	return false;
}

static struct fields
copy_fields(const struct fields *fields)
{
	struct fields copy = *fields;

	copy.list = g_array_ref(fields->list);
	return copy;
}

/* The entity, part n, is to be read in this view, too, which is taken over. */
static void
note_other(struct walk *walk, unsigned n, const struct entity *entity, struct view *view)
{
	struct entity *other = g_new(struct entity, 1);

	*other = *entity;
	other->parent = n;
	other->view = view;
	other->fields = copy_fields(&entity->fields);
	g_queue_push_tail(walk->others, other);
}

static bool
has_room_for_others(const struct walk *walk)
{
	return walk->task->facts->readings + g_queue_get_length(walk->others) < READINGS_MAX;
}

/* Padding ends base64 for some, for others only a block of it. */
static void
note_blocks(struct walk *walk, unsigned n, const struct entity *entity)
{
	struct view *view;

	if (!has_room_for_others(walk))
		return;
	view = view_copy(entity->view);
	view->encoding = ENCODING_BASE64_BLOCKS;
	note_other(walk, n, entity, view);
}

static void
look_at_code(
    struct walk *walk, unsigned n, const struct entity *entity, const char *bytes, size_t size)
{
	struct part *part = facts_part(walk->task->facts, n);
	enum encoding encoding = entity->view->encoding;
	bool padded = false;

	if (encoding == ENCODING_BASE64 && (base64_is_rubbish(bytes, size, &padded) || padded))
		part_set(part, PART_FACT_rubbish_base64);
	if (padded)
		note_blocks(walk, n, entity);
	if (encoding == ENCODING_NONE && !g_str_has_prefix(part->type, "text/"))
		return;
	if (size > 0 && memchr(bytes, '\0', size) != NULL)
		part_set(part, PART_FACT_nul);
	if (has_bare_cr(bytes, size))
		part_set(part, PART_FACT_bare_cr);
}

struct range
entity_content(const struct entity *entity)
{
	return (struct range){ entity->range.start + entity->view->body, entity->range.end, 0 };
}

void
walk_leaf(struct walk *walk, unsigned n, const struct entity *entity)
{
	const struct view *view = entity->view;
	struct range range = entity_content(entity);
	struct part *part = facts_part(walk->task->facts, n);
	const char *bytes = walk->bytes + range.start;
	size_t size = range.end - range.start;
	g_autofree char *decoded = NULL;

	if (!task_in_time(walk->task) ||
	    !task_count_bytes(walk->task, decode_bound(view->encoding, size))) {
		part_set(part, PART_FACT_not_unpacked);
		return;
	}
	look_at_code(walk, n, entity, bytes, size);
	decoded = decode(view->encoding, bytes, size, &size);
	bytes = decoded != NULL ? decoded : bytes;
	task_content(walk->task, n, bytes, size);
}

void
walk_note_others(struct walk *walk, unsigned n, const struct entity *entity)
{
	g_autoptr(GPtrArray) views = NULL;
	const char *bytes = walk->bytes + entity->range.start;
	struct facts *facts = walk->task->facts;

	if (!has_room_for_others(walk))
		return;
	walk->task->searched += (uint64_t)(entity->range.end - entity->range.start) *
				(2 + MIN(entity->fields.list->len, VIEWS_MAX));
	if (walk->task->searched > SEARCHED_MAX) {
		task_reached(walk->task, READ_LIMIT_seconds);
		return;
	}
	views = views_other(
	    &entity->fields, entity->view, bytes, entity->range.end - entity->range.start);
	for (guint i = 0; i < views->len; i++) {
		struct view *view = g_ptr_array_index(views, i);

		if (g_strcmp0(view->boundary, entity->view->boundary) != 0)
			part_set(facts_part(facts, n), PART_FACT_odd_boundary);
		note_other(walk, n, entity, view);
	}
	g_ptr_array_set_free_func(views, NULL);
}
