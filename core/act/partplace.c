/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The line end before a boundary belongs to the boundary (RFC 2046 section 5.1.1), so what is put at the end of a part comes before it.
 */
#include "core/act/partplace.h"

#include <string.h>

static const char *
boundary_around(const struct facts *facts, unsigned n)
{
	for (int at = facts_part(facts, n)->parent; at >= 0;
	     at = facts_part(facts, (unsigned)at)->parent) {
		const struct part *part = facts_part(facts, (unsigned)at);

		if (part->kind == PART_MULTIPART)
			return part->boundary;
		if (part->parent >= at)
			break;
	}
	return NULL;
}

uint64_t
part_content_end(const struct part_plans *plans, unsigned n)
{
	const struct facts *facts = plans->facts;
	const struct bodychange *body = plans->body;
	const struct part *part = facts_part(facts, n);
	const char *boundary = boundary_around(facts, n);
	uint64_t offset = facts->body_start;

	if (n == 0)
		return offset + bodychange_size(body);
	const char *bytes = bodychange_bytes(body);
	uint64_t end = part->body_end - offset, start = part->body_start - offset;
	size_t length = boundary != NULL ? strlen(boundary) : 0;

	if (length == 0 || end == start || bytes[end - 1] != '\n' ||
	    bodychange_size(body) - end < length + 2 || memcmp(bytes + end, "--", 2) != 0 ||
	    memcmp(bytes + end + 2, boundary, length) != 0)
		return part->body_end;
	end--;
	return offset + (end > start && bytes[end - 1] == '\r' ? end - 1 : end);
}

const char *
part_delimiter(const struct part_plans *plans, unsigned n, size_t *length)
{
	const struct facts *facts = plans->facts;
	const struct bodychange *body = plans->body;
	const struct part *part = facts_part(facts, n);
	unsigned child = plans->parts[n].first;

	if (part->kind != PART_MULTIPART || child == 0 || !plans->parts[child].ranged ||
	    part_has(part, PART_FACT_no_boundary) || part_has(part, PART_FACT_odd_boundary))
		return NULL;
	const char *bytes = bodychange_bytes(body);
	uint64_t end = facts_part(facts, child)->header_start - facts->body_start;
	const char *feed = end > 0 ? memrchr(bytes, '\n', end - 1) : NULL;
	uint64_t start = feed != NULL ? (uint64_t)(feed - bytes) + 1 : 0;

	if (end < start + 3 || bytes[end - 1] != '\n' || memcmp(bytes + start, "--", 2) != 0)
		return NULL;
	*length = (size_t)(end - start);
	return bytes + start;
}
