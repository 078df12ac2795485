/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a walk begins: with the message, or with a message in some file. What is walked through stands in walk.c.
 */
#include "core/read/mime.h"

#include <gmime/gmime.h>
#include <string.h>
#include "core/read/walk.h"

/* A multipart whose boundary is nothing that a boundary can be: no program is sure what is in it. */
static bool
is_unparsable(const struct part *part)
{
	return g_str_has_prefix(part->type, "multipart/") && part->kind != PART_MULTIPART &&
	       (part->boundary == NULL || *part->boundary == '\0' ||
		   strcmp(part->boundary, "\"\"") == 0 ||
		   g_ascii_isspace(part->boundary[strlen(part->boundary) - 1]));
}

static void
prepare(void)
{
	static gsize ready;

	if (g_once_init_enter(&ready)) {
		g_mime_init();
		g_once_init_leave(&ready, 1);
	}
}

/*
 * The header is in other memory than the body. Where the content begins within it by some reading, and only there, both are put
 * together.
 */
static char *
join(const struct source *source, size_t *size)
{
	size_t header;
	const char *text = g_bytes_get_data(source->header, &header);
	char *whole = g_malloc(header + source->body_size + 1);

	memcpy(whole, text, header);
	memcpy(whole + header, source->body, source->body_size);
	*size = header + source->body_size;
	return whole;
}

void
mime_read(struct task *task)
{
	g_autoptr(GQueue) others = g_queue_new();
	const struct source *source = task->source;
	struct walk walk = {
		.task = task, .bytes = source->body, .placed = true, .others = others
	};
	struct entity entity = { .depth = 0, .range = { 0, source->body_size, 0 } };
	g_autofree char *whole = NULL;
	size_t size;
	const char *header = g_bytes_get_data(source->header, &size);

	prepare();
	walk.base = task->facts->body_start = size;
	fields_read(&entity.fields, header, size, MAX(task->brief->max_header, 1));
	entity.header_start = entity.fields.start;
	entity.header_end = entity.fields.end;
	if (entity.fields.body != size || entity.fields.early != 0) {
		walk.bytes = whole = join(source, &entity.range.end);
		walk.base = 0;
	} else {
		entity.fields.body = 0;
	}
	entity.parent = (unsigned)-1;
	walk_open(&walk, &entity, "text/plain");
	const struct part *part = facts_part(task->facts, 0);

	task->facts->unparsable = is_unparsable(part);
	task->facts->longest_boundary =
	    part->boundary != NULL ? (unsigned)strlen(part->boundary) : 0;
	walk_others(&walk);
}

/* Fields without which nothing is a message. */
static bool
is_message(const char *bytes, size_t size, const struct fields *fields)
{
	static const char *const known[] = { "from:", "to:", "subject:", "date:", "received:",
		"message-id:", "return-path:", "mime-version:", "content-type:", "delivered-to:" };
	const char *end = bytes + fields->end;
	unsigned found = 0;

	if (fields->count < 2 || fields->body >= size ||
	    fields->facts & (UINT64_C(1) << PART_FACT_broken_header))
		return false;
	for (const char *at = bytes + fields->start; at != NULL && at < end;) {
		for (size_t i = 0; i < G_N_ELEMENTS(known); i++) {
			size_t length = strlen(known[i]);

			found += (size_t)(end - at) > length &&
				 g_ascii_strncasecmp(at, known[i], length) == 0;
		}
		at = memchr(at, '\n', (size_t)(end - at));
		at = at != NULL ? at + 1 : NULL;
	}
	return found >= 2;
}

void
mime_read_content(struct task *task, unsigned n, const char *bytes, size_t size)
{
	g_autoptr(GQueue) others = g_queue_new();
	struct walk walk = {
		.task = task, .bytes = bytes, .embedded = true, .host = n, .others = others
	};

	prepare();
	if (task->embedded >= EMBEDDED_MAX) {
		task_reached(task, READ_LIMIT_depth);
		part_set(facts_part(task->facts, n), PART_FACT_not_unpacked);
		return;
	}
	walk.reading = facts_part(task->facts, n)->reading;
	task->embedded++;
	walk_entity(&walk, n, "text/plain", (struct range){ 0, size, 0 }, 0);
	walk_others(&walk);
	task->embedded--;
}

bool
mime_read_embedded(struct task *task, unsigned n, const char *bytes, size_t size)
{
	struct fields fields;
	bool message;

	fields_read(&fields, bytes, size, MAX(task->brief->max_header, 1));
	message = is_message(bytes, size, &fields);
	fields_clear(&fields);
	if (message)
		mime_read_content(task, n, bytes, size);
	return message;
}
