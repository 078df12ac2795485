/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The walker. GMime decodes contents and words (decode.c, names.c), but its parser is not asked for the tree: it builds all of
 * it before a limit can stop it (a part costs a sender five bytes and GMime a kilobyte), says where leaves lie but not
 * containers, and gives one reading. Here a container is cut along its own boundary, outermost first, and each piece is a range
 * of the message; reading it again with another view (view.c) costs one more call.
 */
#include "core/read/walk.h"

#include <string.h>
#include "core/read/describe.h"
#include "core/read/uu.h"

/* Whatever the brief allows: containers in containers, parts in all. */
#define DEPTH_MAX 200
#define PARTS_MAX 20000
/* `Maximum Attachments Per Message` where it is 0; past so many times the limit nothing more is looked at. */
#define PARTS_DEFAULT 200
#define PARTS_STOP 3

static uint64_t
place(const struct walk *walk, size_t at)
{
	return walk->placed ? walk->base + at : 0;
}

/* message/rfc822 and its like: a message is the content. */
static bool
holds_message(const struct view *view, const struct fields *fields)
{
	static const char *const types[] = { "message/rfc822", "message/global", "message/news",
		"message/external-body" };
	const struct field *field = fields_find(fields, "content-type");
	g_autofree char *number = NULL;
	struct params params;

	for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
		if (strcmp(view->type, types[i]) == 0)
			return true;
	}
	if (strcmp(view->type, "message/partial") != 0 || field == NULL)
		return false;
	params_read(&params, field->value);
	number = params_get(&params, "number");
	params_clear(&params);
	return number != NULL && strcmp(number, "1") == 0;
}

/* Whether one more part may be; it is counted as the directive has it: what is added to a container. */
static bool
count_part(struct walk *walk)
{
	struct facts *facts = walk->task->facts;
	gint64 limit = walk->task->brief->max_parts;

	if (limit == 0)
		limit = PARTS_DEFAULT;
	if (walk->reading == 0 && !walk->embedded)
		facts->counted++;
	if (limit >= 0 && facts->counted >= limit)
		task_reached(walk->task, READ_LIMIT_parts);
	if (facts->parts->len < PARTS_MAX &&
	    (limit < 0 || facts->counted <= PARTS_STOP * (guint64)limit))
		return true;
	task_reached(walk->task, READ_LIMIT_parts);
	return false;
}

/* What stands before the first boundary or behind the last is shown by nobody, but read by programs that look for files in texts. */
static void
look_beside(struct walk *walk, unsigned n, size_t start, size_t end)
{
	if (walk->reading == 0 && end > start)
		uu_find_files(walk->task, n, walk->bytes + start, end - start);
}

/* Pieces between boundary lines are children. */
static void
read_children(
    struct walk *walk, unsigned n, const struct view *view, struct range range, unsigned depth)
{
	struct delimiter delimiter = { 0 };
	const char *type =
	    strcmp(view->type, "multipart/digest") == 0 ? "message/rfc822" : "text/plain";
	size_t at = range.start;
	bool open = false;

	while (task_in_time(walk->task)) {
		bool found = view_delimiter(view, walk->bytes, at, range.end, &delimiter);
		size_t end = found ? delimiter.start : range.end;

		if (!open)
			look_beside(walk, n, at, end);
		/* A boundary line at the very end begins nothing. */
		open = open && (found || end > at);
		if (open && !count_part(walk)) {
			part_set(facts_part(walk->task->facts, n), PART_FACT_not_unpacked);
			return;
		}
		if (open)
			walk_entity(walk, n, type,
			    (struct range){ at, MAX(end, at), found ? delimiter.line : 0 },
			    depth + 1);
		if (!found) {
			part_set(facts_part(walk->task->facts, n), PART_FACT_truncated);
			return;
		}
		/* Behind the last one, a view that goes on takes the next boundary line for a beginning. */
		open = !delimiter.last;
		at = delimiter.next;
		if (delimiter.last && !view->loose) {
			look_beside(walk, n, at, range.end);
			return;
		}
	}
	part_set(facts_part(walk->task->facts, n), PART_FACT_not_unpacked);
}

static bool
is_coded(const struct view *view)
{
	return view->encoding != ENCODING_NONE && view->encoding != ENCODING_UNKNOWN;
}

static void
end_entity(void *data)
{
	struct entity *entity = data;

	view_free(entity->view);
	fields_clear(&entity->fields);
	g_free(entity);
}

/* What is in a container that is encoded as a whole, which RFC 2045 forbids and some programs decode: members of part n. */
static void
read_coded(struct walk *walk, unsigned n, const struct entity *entity, bool message)
{
	struct range range = entity_content(entity);
	g_autoptr(GQueue) others = g_queue_new();
	struct walk inner = { .task = walk->task, .embedded = true, .host = n, .others = others };
	size_t size = range.end - range.start;
	g_autofree char *decoded = NULL;

	if (walk->task->embedded >= EMBEDDED_MAX ||
	    !task_count_bytes(walk->task, decode_bound(entity->view->encoding, size))) {
		part_set(facts_part(walk->task->facts, n), PART_FACT_not_unpacked);
		return;
	}
	decoded = decode(entity->view->encoding, walk->bytes + range.start, size, &size);
	inner.bytes = decoded;
	inner.reading = walk->reading;
	walk->task->embedded++;
	if (message)
		walk_entity(
		    &inner, n, "text/plain", (struct range){ 0, size, 0 }, entity->depth + 1);
	else
		read_children(
		    &inner, n, entity->view, (struct range){ 0, size, 0 }, entity->depth + 1);
	walk_others(&inner);
	walk->task->embedded--;
}

/* Whether the view shows something to walk into. */
enum inside { INSIDE_NOTHING, INSIDE_PARTS, INSIDE_MESSAGE };

static enum inside
inside_of(const struct walk *walk, const struct entity *entity)
{
	struct delimiter delimiter;
	struct range range = entity_content(entity);

	if (holds_message(entity->view, &entity->fields))
		return INSIDE_MESSAGE;
	return view_delimiter(entity->view, walk->bytes, range.start, range.end, &delimiter)
		   ? INSIDE_PARTS
		   : INSIDE_NOTHING;
}

static void
set_ranges(const struct walk *walk, struct part *part, const struct entity *entity)
{
	struct range range = entity_content(entity);

	if (!walk->placed)
		return;
	part->header_start = entity->header_start;
	part->header_end = entity->header_end;
	part->body_start = place(walk, range.start);
	part->body_end = place(walk, range.end);
}

static void
set_structure(struct part *part, const struct entity *entity, enum inside inside)
{
	const struct view *view = entity->view;

	if (strcmp(view->type, "message/partial") == 0)
		part_set(part, PART_FACT_partial);
	if (strcmp(view->type, "message/external-body") == 0)
		part_set(part, PART_FACT_external_body);
	if (inside == INSIDE_NOTHING && g_str_has_prefix(view->type, "multipart/"))
		part_set(part, PART_FACT_no_boundary);
	if ((inside != INSIDE_NOTHING || view->boundary != NULL) && is_coded(view))
		part_set(part, PART_FACT_encoded_multipart);
}

static unsigned
add_part(struct walk *walk, const struct entity *entity)
{
	struct facts *facts = walk->task->facts;
	struct part *part =
	    facts_add_part(facts, walk->embedded ? (int)walk->host : (int)entity->parent,
		walk->embedded ? PART_MEMBER : PART_LEAF);

	part->reading = walk->reading;
	if (part->parent >= 0)
		part->archive_depth = facts_part(facts, (unsigned)part->parent)->archive_depth;
	describe(part, &entity->fields, entity->view);
	set_ranges(walk, part, entity);
	return facts->parts->len - 1;
}

static void
read_inside(struct walk *walk, unsigned n, const struct entity *entity, enum inside inside)
{
	struct part *part = facts_part(walk->task->facts, n);
	struct range range = entity_content(entity);

	if (inside == INSIDE_PARTS) {
		if (!walk->embedded)
			part->kind = PART_MULTIPART;
		read_children(walk, n, entity->view, range, entity->depth);
		if (is_coded(entity->view))
			read_coded(walk, n, entity, false);
	} else if (count_part(walk)) {
		if (!walk->embedded)
			part->kind = PART_MESSAGE;
		walk_entity(walk, n, "text/plain", range, entity->depth + 1);
	} else {
		part_set(part, PART_FACT_not_unpacked);
	}
}

/* Adds the entity as a part, and what is in it; the number of the part (in a file: of the part that the file is). */
static unsigned
read_part(struct walk *walk, const struct entity *entity)
{
	enum inside inside = inside_of(walk, entity);
	unsigned limit = CLAMP(walk->task->brief->max_depth, 1, DEPTH_MAX);
	bool deep = inside != INSIDE_NOTHING && entity->depth >= limit;
	/* An encoded message is a file first, whose name and type count. */
	bool open = inside != INSIDE_NOTHING && !deep &&
		    (inside == INSIDE_PARTS || !is_coded(entity->view));
	unsigned n = walk->embedded && open ? walk->host : add_part(walk, entity);

	set_structure(facts_part(walk->task->facts, n), entity, inside);
	if (entity->fields.cut)
		task_reached(walk->task, READ_LIMIT_header);
	if (deep) {
		task_reached(walk->task, READ_LIMIT_depth);
		part_set(facts_part(walk->task->facts, n), PART_FACT_not_unpacked);
	}
	if (open) {
		read_inside(walk, n, entity, inside);
		return n;
	}
	walk_leaf(walk, n, entity);
	if (is_coded(entity->view) && !deep &&
	    (inside == INSIDE_MESSAGE || entity->view->boundary != NULL))
		read_coded(walk, n, entity, inside == INSIDE_MESSAGE);
	return n;
}

/* Each is a part below the one that it is another view of, with the same bytes. */
void
walk_others(struct walk *walk)
{
	struct facts *facts = walk->task->facts;
	unsigned reading = walk->reading;
	struct entity *other;

	while ((other = g_queue_pop_head(walk->others)) != NULL) {
		const struct part *usual = facts_part(facts, other->parent);

		if (facts->readings < READINGS_MAX && facts->parts->len < PARTS_MAX &&
		    task_in_time(walk->task)) {
			walk->reading = facts->readings++;
			other->header_start = other->header_end = usual->body_start;
			read_part(walk, other);
		}
		end_entity(other);
	}
	walk->reading = reading;
}

void
walk_open(struct walk *walk, struct entity *entity, const char *type)
{
	unsigned n;

	entity->view = view_usual(&entity->fields, type);
	n = read_part(walk, entity);
	if (task_in_time(walk->task))
		walk_note_others(walk, n, entity);
	view_free(entity->view);
	fields_clear(&entity->fields);
}

void
walk_entity(
    struct walk *walk, unsigned parent, const char *type, struct range range, unsigned depth)
{
	struct entity entity = { .parent = parent, .depth = depth, .range = range };

	/* An empty line between header and boundary ends the header: text put behind it is content. */
	fields_read(&entity.fields, walk->bytes + range.start,
	    MAX(range.end, range.line) - range.start, MAX(walk->task->brief->max_header, 1));
	entity.range.end = MAX(range.end, range.start + entity.fields.body);
	entity.header_start = place(walk, range.start + entity.fields.start);
	entity.header_end = place(walk, range.start + entity.fields.end);
	walk_open(walk, &entity, type);
}
