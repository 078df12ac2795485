/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The old body is mapped, not read: most of it is only passed on. It can't shrink under our eyes, since the message is locked.
 */
#include "core/act/bodychange.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "spool/durable.h"
#include "spool/error.h"

#define BLOCK (256 * 1024)

struct change {
	uint64_t start, end;
	enum body_side side;
	unsigned rank, order;
	GString *bytes;
};

struct bodychange {
	void *mapping;
	size_t mapping_size;
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

struct bodychange *
bodychange_new(const struct spool_entry *entry, GError **error)
{
	struct bodychange *body = g_new0(struct bodychange, 1);

	body->changes = g_ptr_array_new_with_free_func(change_free);
	body->size = entry->body_size;
	body->crlf = entry->body_crlf;
	body->bytes = "";
	if (body->size == 0)
		return body;
	body->mapping_size = (size_t)entry->body_offset + (size_t)body->size;
	body->mapping = mmap(NULL, body->mapping_size, PROT_READ, MAP_PRIVATE, entry->body_fd, 0);
	if (body->mapping == MAP_FAILED) {
		body->mapping = NULL;
		bodychange_free(body);
		spool_fail(error, SPOOL_ERROR_IO, "look at the body");
		return NULL;
	}
	body->bytes = (const char *)body->mapping + entry->body_offset;
	return body;
}

void
bodychange_free(struct bodychange *body)
{
	if (body == NULL)
		return;
	if (body->mapping != NULL)
		munmap(body->mapping, body->mapping_size);
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

struct writer {
	int fd;
	off_t at;
	bool strips; /* CRLF becomes LF */
	char last;   /* a carriage return that waits for what comes next */
	GString *block;
};

static bool
write_block(struct writer *writer)
{
	bool done = durable_write(writer->fd, writer->block->str, writer->block->len, writer->at);

	writer->at += (off_t)writer->block->len;
	g_string_set_size(writer->block, 0);
	return done;
}

static bool
put_plain(struct writer *writer, const char *bytes, uint64_t size)
{
	while (size > 0) {
		size_t length = MIN(size, BLOCK - writer->block->len);

		g_string_append_len(writer->block, bytes, (gssize)length);
		bytes += length;
		size -= length;
		if (writer->block->len >= BLOCK && !write_block(writer))
			return false;
	}
	return true;
}

/* A carriage return is held back until it is known whether it ends a line. */
static bool
put(struct writer *writer, const char *bytes, uint64_t size)
{
	bool done = true;

	if (!writer->strips)
		return put_plain(writer, bytes, size);
	for (uint64_t i = 0; i < size && done; i++) {
		if (writer->last == '\r' && bytes[i] != '\n')
			done = put_plain(writer, "\r", 1);
		writer->last = bytes[i];
		if (done && bytes[i] != '\r')
			done = put_plain(writer, &bytes[i], 1);
	}
	return done;
}

static bool
put_all(const struct bodychange *body, struct writer *writer)
{
	uint64_t at = 0;

	for (unsigned i = 0; i < body->changes->len; i++) {
		const struct change *change = g_ptr_array_index(body->changes, i);

		if (!put(writer, body->bytes + at, change->start - at) ||
		    !put(writer, change->bytes->str, change->bytes->len))
			return false;
		at = change->end;
	}
	return put(writer, body->bytes + at, body->size - at) &&
	       (writer->last != '\r' || put_plain(writer, "\r", 1)) && write_block(writer);
}

bool
bodychange_write(const struct bodychange *body, int fd, GError **error)
{
	struct writer writer = {
		.fd = fd, .strips = body->crlf, .block = g_string_sized_new(BLOCK)
	};
	bool done = put_all(body, &writer);

	g_string_free(writer.block, TRUE);
	return done || spool_fail(error, SPOOL_ERROR_IO, "write the new body");
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
