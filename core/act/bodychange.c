/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A large old body is mapped, not read: most of it is only passed on. It can't shrink under our eyes, since the message is locked.
 * To map a small one would cost more than to read it.
 */
#include "core/act/bodychange.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "spool/error.h"

/* Bytes of a body that is read. */
#define READ_MAX (64 * 1024)
#define BLOCK (64 * 1024)

struct change {
	uint64_t start, end;
	enum body_side side;
	unsigned rank, order;
	GString *bytes;
};

struct bodychange {
	void *mapping; /* NULL: none */
	size_t mapping_size;
	char *read; /* NULL: none */
	const char *bytes;
	uint64_t size;
	bool crlf;
	GPtrArray *changes; /* of struct change */
};

static void
change_free(void *data)
{
	struct change *change = data;

	g_string_free(change->bytes, TRUE);
	g_free(change);
}

static bool
map(struct bodychange *body, const struct spool_entry *entry)
{
	body->mapping_size = (size_t)entry->body_offset + (size_t)body->size;
	body->mapping = mmap(NULL, body->mapping_size, PROT_READ, MAP_PRIVATE, entry->body_fd, 0);
	if (body->mapping == MAP_FAILED) {
		body->mapping = NULL;
		return false;
	}
	body->bytes = (const char *)body->mapping + entry->body_offset;
	return true;
}

static bool
read_whole(struct bodychange *body, const struct spool_entry *entry)
{
	body->bytes = body->read = g_malloc(body->size + 1);
	ssize_t got =
	    TEMP_FAILURE_RETRY(pread(entry->body_fd, body->read, body->size, entry->body_offset));

	if (got >= 0)
		errno = 0;
	return got == (ssize_t)body->size;
}

struct bodychange *
bodychange_new(const struct spool_entry *entry, GError **error)
{
	struct bodychange *body = g_new0(struct bodychange, 1);

	body->changes = g_ptr_array_new_with_free_func(change_free);
	body->size = entry->body_size;
	body->crlf = entry->body_crlf;
	body->bytes = "";
	if (body->size == 0 ||
	    (body->size <= READ_MAX ? read_whole(body, entry) : map(body, entry)))
		return body;
	spool_fail(error, SPOOL_ERROR_IO, "look at the body of %s", entry->id);
	bodychange_free(body);
	return NULL;
}

void
bodychange_free(struct bodychange *body)
{
	if (body == NULL)
		return;
	if (body->mapping != NULL)
		munmap(body->mapping, body->mapping_size);
	g_free(body->read);
	g_ptr_array_unref(body->changes);
	g_free(body);
}

const char *
bodychange_bytes(const struct bodychange *body)
{
	return body->bytes;
}

uint64_t
bodychange_size(const struct bodychange *body)
{
	return body->size;
}

void
bodychange_add(struct bodychange *body, uint64_t start, uint64_t end, enum body_side side,
    unsigned rank, GString *bytes)
{
	struct change *change = g_new0(struct change, 1);

	*change = (struct change){ .start = start,
		.end = end,
		.side = side,
		.rank = rank,
		.order = body->changes->len,
		.bytes = bytes };
	g_ptr_array_add(body->changes, change);
}

void
bodychange_reset(struct bodychange *body)
{
	g_ptr_array_set_size(body->changes, 0);
}

static int
compare_numbers(uint64_t one, uint64_t other)
{
	return one < other ? -1 : one > other;
}

static int
compare(const void *a, const void *b)
{
	const struct change *one = *(struct change *const *)a, *other = *(struct change *const *)b;
	bool one_takes = one->end > one->start, other_takes = other->end > other->start;

	if (one->start != other->start)
		return compare_numbers(one->start, other->start);
	if (one->side != other->side)
		return one->side < other->side ? -1 : 1;
	if (one->rank != other->rank)
		return one->side == BODY_SIDE_START ? compare_numbers(one->rank, other->rank)
						    : compare_numbers(other->rank, one->rank);
	/* What is inserted here stands before what is replaced from here on. */
	if (one_takes != other_takes)
		return one_takes ? 1 : -1;
	return compare_numbers(one->order, other->order);
}

bool
bodychange_settle(struct bodychange *body, GError **error)
{
	uint64_t at = 0;

	g_ptr_array_sort(body->changes, compare);
	for (unsigned i = 0; i < body->changes->len; i++) {
		const struct change *change = g_ptr_array_index(body->changes, i);

		if (change->start < at || change->end < change->start || change->end > body->size) {
			errno = 0;
			return spool_fail(error, SPOOL_ERROR_CORRUPT,
			    "the changes of its body contradict each other");
		}
		at = change->end;
	}
	return true;
}

bool
bodychange_is_empty(const struct bodychange *body)
{
	return body->changes->len == 0;
}

uint64_t
bodychange_first(const struct bodychange *body)
{
	if (body->changes->len == 0)
		return body->size;
	return ((const struct change *)g_ptr_array_index(body->changes, 0))->start;
}

uint64_t
bodychange_new_size(const struct bodychange *body)
{
	uint64_t size = body->size;

	for (unsigned i = 0; i < body->changes->len; i++) {
		const struct change *change = g_ptr_array_index(body->changes, i);

		size += change->bytes->len - (change->end - change->start);
	}
	return size;
}

/* Takes CRLF to LF on the way to `take`. */
struct stripper {
	spool_take take;
	void *data;
	char last; /* a carriage return that waits for what comes next */
	GString *block;
};

static bool
give_block(struct stripper *stripper, GError **error)
{
	bool done =
	    stripper->take(stripper->data, stripper->block->str, stripper->block->len, error);

	g_string_set_size(stripper->block, 0);
	return done;
}

/* A carriage return is held back until it is known whether it ends a line. */
static bool
strip(void *data, const char *bytes, size_t size, GError **error)
{
	struct stripper *stripper = data;

	for (size_t i = 0; i < size; i++) {
		if (stripper->last == '\r' && bytes[i] != '\n')
			g_string_append_c(stripper->block, '\r');
		stripper->last = bytes[i];
		if (bytes[i] != '\r')
			g_string_append_c(stripper->block, bytes[i]);
		if (stripper->block->len >= BLOCK && !give_block(stripper, error))
			return false;
	}
	return true;
}

static bool
give_all(const struct bodychange *body, spool_take take, void *data, GError **error)
{
	uint64_t at = 0;

	for (unsigned i = 0; i < body->changes->len; i++) {
		const struct change *change = g_ptr_array_index(body->changes, i);

		if (!take(data, body->bytes + at, change->start - at, error) ||
		    !take(data, change->bytes->str, change->bytes->len, error))
			return false;
		at = change->end;
	}
	return take(data, body->bytes + at, body->size - at, error);
}

bool
bodychange_give(const struct bodychange *body, spool_take take, void *data, GError **error)
{
	if (!body->crlf)
		return give_all(body, take, data, error);
	struct stripper stripper = {
		.take = take, .data = data, .block = g_string_sized_new(BLOCK + 1)
	};
	bool done = give_all(body, strip, &stripper, error);

	if (stripper.last == '\r')
		g_string_append_c(stripper.block, '\r');
	done = done && give_block(&stripper, error);
	g_string_free(stripper.block, TRUE);
	return done;
}

GBytes *
bodychange_tail(const struct bodychange *body, uint64_t max)
{
	uint64_t first = bodychange_first(body), size = bodychange_new_size(body) - first;
	uint64_t at = first;

	if (body->crlf || size > max)
		return NULL;
	GString *tail = g_string_sized_new((gsize)size);

	for (unsigned i = 0; i < body->changes->len; i++) {
		const struct change *change = g_ptr_array_index(body->changes, i);

		g_string_append_len(tail, body->bytes + at, (gssize)(change->start - at));
		g_string_append_len(tail, change->bytes->str, (gssize)change->bytes->len);
		at = change->end;
	}
	g_string_append_len(tail, body->bytes + at, (gssize)(body->size - at));
	return g_string_free_to_bytes(tail);
}
