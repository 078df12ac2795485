/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A member is held in memory while it is looked at, since all that looks at it wants it in one piece, and the process has no
 * file system to put it to. What costs is a large member, so one that is binary and of no kind that is opened is held only as far
 * as its type needs; its size and digest are still those of the whole. A bomb is stopped by its ratio, long before that.
 */
#include "core/read/member.h"

#include <limits.h>
#include <string.h>
#include "core/read/names.h"
#include "core/read/unpack.h"

/* Bytes unpacked out of one container before its ratio counts. */
#define RATIO_FREE (1 << 20)
/* Bytes that tell text from binary. */
#define TEXT_LOOK 4096

void
container_enter(
    struct container *container, struct task *task, unsigned n, uint64_t size, char letter)
{
	const struct part *part = facts_part(task->facts, n);
	bool counts = letter != 't' || part->kind == PART_MEMBER;

	*container = (struct container){
		.task = task,
		.outer = task->containers,
		.part = n,
		.letter = letter,
		.layers = part->archive_depth + (counts ? 1 : 0),
		.size = size,
		.seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
	};
	task->containers = container;
}

void
container_enter_document(
    struct container *container, struct task *task, unsigned n, uint64_t size, char letter)
{
	const struct container *outer = task->containers;

	container_enter(container, task, n, size, letter);
	container->document = true;
	if (outer == NULL || !outer->document)
		container->layers = facts_part(task->facts, n)->archive_depth;
}

void
container_leave(struct container *container)
{
	container->task->containers = container->outer;
	g_hash_table_unref(container->seen);
}

bool
container_has_room(struct task *task)
{
	unsigned count = 0;

	for (const struct container *c = task->containers; c != NULL; c = c->outer)
		count++;
	if (count >= CONTAINER_DEPTH_MAX)
		task_reached(task, READ_LIMIT_archive_depth);
	return count < CONTAINER_DEPTH_MAX;
}

void
container_stop(struct container *container)
{
	container->stopped = true;
	part_set(facts_part(container->task->facts, container->part), PART_FACT_not_unpacked);
}

/* Whether a name ends so, in any case. */
static bool
ends_in(const char *name, const char *ending)
{
	size_t length = strlen(name), end = strlen(ending);

	return length >= end && g_ascii_strcasecmp(name + length - end, ending) == 0;
}

/* What a member counts as: it has nothing but its name to say so. */
static const char *
type_by_name(const struct part *part)
{
	static const char *const types[][2] = {
		{ ".html", "text/html" },
		{ ".htm", "text/html" },
		{ ".shtml", "text/html" },
		{ ".xhtml", "text/html" },
		{ ".xht", "text/html" },
		{ ".hta", "text/html" },
		{ ".svg", "image/svg+xml" },
		{ ".svgz", "image/svg+xml" },
		{ ".eml", "message/rfc822" },
		{ ".txt", "text/plain" },
	};

	for (unsigned i = 0; i < G_N_ELEMENTS(types); i++) {
		for (unsigned j = 0; j < part->names->len; j++) {
			if (ends_in(g_ptr_array_index(part->names, j), types[i][0]))
				return types[i][1];
		}
	}
	return "application/octet-stream";
}

/* What the stored path gives away. */
static void
look_at_path(struct part *part, const char *path, size_t length)
{
	bool drive = length > 2 && g_ascii_isalpha(path[0]) && path[1] == ':' &&
		     (path[2] == '/' || path[2] == '\\');

	if (length > 0 && (path[0] == '/' || path[0] == '\\' || drive))
		part_set(part, PART_FACT_absolute_path);
	for (size_t i = 0; i + 1 < length; i++) {
		bool starts = i == 0 || path[i - 1] == '/' || path[i - 1] == '\\';
		bool ends = i + 2 == length || path[i + 2] == '/' || path[i + 2] == '\\';

		if (path[i] == '.' && path[i + 1] == '.' && starts && ends)
			part_set(part, PART_FACT_parent_path);
	}
}

/* Paths that mean the same have the same key: case, the kind of slash, composed characters. */
static char *
path_key(const char *path, size_t length)
{
	g_autofree char *text = names_utf8(path, length);
	/* Whose time grows with the square of the length; no system has a path so long. */
	g_autofree char *composed =
	    length <= PATH_MAX ? g_utf8_normalize(text, -1, G_NORMALIZE_NFC) : NULL;
	char *key = g_ascii_strdown(composed != NULL ? composed : text, -1);

	return g_strdelimit(key, "\\", '/');
}

struct part *
container_find(const struct container *container, const char *path, size_t length)
{
	g_autofree char *key = path_key(path, length);
	void *number;

	if (!g_hash_table_lookup_extended(container->seen, key, NULL, &number))
		return NULL;
	return facts_part(container->task->facts, GPOINTER_TO_UINT(number));
}

/* Notes the path; the same a second time is a fact. */
static void
note_path(struct container *container, struct part *part, const char *path, size_t length)
{
	unsigned n = container->task->facts->parts->len - 1;

	if (!g_hash_table_insert(container->seen, path_key(path, length), GUINT_TO_POINTER(n)))
		part_set(part, PART_FACT_same_name);
}

bool
member_begin(struct member *member, struct container *container, const char *name, size_t length)
{
	struct task *task = container->task;
	struct part *part;

	if (container->stopped)
		return false;
	if (!task_in_time(task) || !task_count_file(task)) {
		container_stop(container);
		return false;
	}
	part = facts_add_part(task->facts, (int)container->part, PART_MEMBER);
	part->letter = container->letter;
	part->archive_depth = container->layers;
	part->reading = facts_part(task->facts, container->part)->reading;
	*member = (struct member){ .container = container, .n = task->facts->parts->len - 1 };
	g_free(part->type);
	part->type = g_strdup("application/octet-stream");
	if (name != NULL)
		member_path(member, name, length, true);
	return true;
}

struct part *
member_part(const struct member *member)
{
	return facts_part(member->container->task->facts, member->n);
}

void
member_name(struct member *member, const char *name, size_t length)
{
	struct part *part = member_part(member);

	names_add(part, name, length, NULL);
	look_at_path(part, name, length);
	g_free(part->type);
	part->type = g_strdup(type_by_name(part));
}

void
member_path(struct member *member, const char *name, size_t length, bool first)
{
	member_name(member, name, length);
	if (first)
		note_path(member->container, member_part(member), name, length);
}

/* Whether so many more bytes of this container are within its ratio, and that of all around it. */
static bool
count_ratio(struct container *container, uint64_t length)
{
	unsigned maximum = container->task->brief->max_ratio;

	for (struct container *c = container; c != NULL; c = c->outer) {
		c->unpacked += length;
		if (maximum != 0 && c->unpacked > RATIO_FREE &&
		    c->unpacked / MAX(c->size, 1) >= maximum) {
			task_reached(container->task, READ_LIMIT_ratio);
			return false;
		}
	}
	return true;
}

bool
container_count(struct container *container, uint64_t length)
{
	if (!container->stopped &&
	    (!count_ratio(container, length) || !task_count_bytes(container->task, length) ||
		!task_in_time(container->task)))
		container_stop(container);
	return !container->stopped;
}

static bool
is_wished(const struct reading_wish *wish, unsigned n)
{
	for (unsigned i = 0; wish != NULL && i < wish->count; i++) {
		if (wish->parts[i] == n)
			return true;
	}
	return false;
}

/* Whether something may be found in all of it: somebody wants it, it is text, or of a kind that is opened. */
static bool
is_needed(const struct member *member)
{
	const char *bytes = (const char *)member->bytes->data;
	const struct task *task = member->container->task;

	return is_wished(task->wish, member->n) ||
	       memchr(bytes, '\0', MIN(member->bytes->len, TEXT_LOOK)) == NULL ||
	       unpack_is_kind(task, member->n, bytes, member->bytes->len);
}

/* The head is enough from here on. */
static void
drop_rest(struct member *member)
{
	member->checksum = g_checksum_new(G_CHECKSUM_SHA256);
	g_checksum_update(member->checksum, member->bytes->data, member->bytes->len);
}

bool
member_write(struct member *member, const void *bytes, size_t length)
{
	bool was_head = member->size < MEMBER_HEAD_MAX;

	if (!container_count(member->container, length))
		return false;
	if (member->bytes == NULL)
		member->bytes = g_byte_array_new();
	member->size += length;
	if (member->checksum != NULL) {
		g_checksum_update(member->checksum, bytes, (gssize)length);
		return true;
	}
	if (member->size > UINT32_MAX / 2) {
		task_reached(member->container->task, READ_LIMIT_bytes);
		container_stop(member->container);
		return false;
	}
	g_byte_array_append(member->bytes, bytes, (guint)length);
	if (was_head && member->size >= MEMBER_HEAD_MAX && !is_needed(member))
		drop_rest(member);
	return true;
}

bool
member_write_hole(struct member *member, uint64_t length)
{
	static const char zeros[65536];

	for (; length > 0; length -= MIN(length, sizeof zeros)) {
		if (!member_write(member, zeros, MIN(length, sizeof zeros)))
			return false;
	}
	return true;
}

static void
member_clear(struct member *member)
{
	if (member->bytes != NULL)
		g_byte_array_unref(member->bytes);
	if (member->checksum != NULL)
		g_checksum_free(member->checksum);
	member->bytes = NULL;
	member->checksum = NULL;
}

/* A file lies inside of so many archives that it is too deep. A few bytes are no file. */
static void
check_depth(const struct member *member)
{
	struct task *task = member->container->task;
	unsigned maximum = task->brief->max_archive_depth;

	if (maximum != 0 && member->size >= 4 && member_part(member)->archive_depth >= maximum)
		task_reached(task, READ_LIMIT_archive_depth);
}

static void
hand_over(struct task *task, unsigned n, const char *bytes, size_t size)
{
	if (task->containers->stopped)
		part_set(facts_part(task->facts, n), PART_FACT_not_unpacked);
	else
		task_content(task, n, bytes, size);
}

void
member_end(struct member *member)
{
	struct part *part = member_part(member);
	struct container *container = member->container;

	check_depth(member);
	hand_over(container->task, member->n,
	    member->bytes != NULL ? (const char *)member->bytes->data : "",
	    member->bytes != NULL ? member->bytes->len : 0);
	if (member->checksum != NULL && !container->stopped) {
		part->size = member->size;
		if (part->digest != NULL) {
			g_free(part->digest);
			part->digest = g_strdup(g_checksum_get_string(member->checksum));
		}
	}
	member_clear(member);
}

void
member_end_empty(struct member *member)
{
	part_set(member_part(member), PART_FACT_empty_placeholder);
	member_clear(member);
}

bool
member_whole(
    struct container *container, const char *name, size_t length, const char *bytes, size_t size)
{
	struct member member;

	if (!member_begin(&member, container, name, length))
		return false;
	member.size = size;
	container_count(container, size);
	check_depth(&member);
	hand_over(container->task, member.n, bytes, size);
	return !container->stopped;
}
