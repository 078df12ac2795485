/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The header says how long its last record is, and so where the stream begins: at 0x32 in files of Word's, 0x22a in Excel's. Where
 * nothing begins there, it is searched for, since the other fields are not known well enough to say that Office would not find it.
 */
#include "core/read/activemime.h"

#include <string.h>

#include "core/read/inflated.h"
#include "core/read/little.h"
#include "core/read/member.h"

#define MAGIC "ActiveMime"
#define NAME "ActiveMime"
/* Where the length of the last record stands, and what that is counted from. */
#define LENGTH_AT 0x1e
#define LENGTH_FROM 0x2e
/* The header is no longer. */
#define HEADER_MAX 1024

bool
activemime_is(const char *bytes, size_t size)
{
	return size >= sizeof MAGIC - 1 && memcmp(bytes, MAGIC, sizeof MAGIC - 1) == 0;
}

/* Where the stream begins; 0: nowhere. */
static size_t
find_stream(const char *bytes, size_t size)
{
	size_t stated = size > LENGTH_FROM ? LENGTH_FROM + little16(bytes + LENGTH_AT) : size;

	if (stated < size && inflated_begins(bytes + stated, size - stated))
		return stated;
	for (size_t at = sizeof MAGIC; at < MIN(size, HEADER_MAX); at++) {
		if (inflated_begins(bytes + at, size - at))
			return at;
	}
	return 0;
}

static bool
take(const void *bytes, size_t length, void *member)
{
	return member_write(member, bytes, length);
}

void
activemime_open(struct task *task, unsigned n, const char *bytes, size_t size)
{
	size_t at = find_stream(bytes, size);
	struct container container;
	struct member member;
	enum inflated end;

	if (at == 0) {
		part_set(facts_part(task->facts, n), PART_FACT_unreadable);
		return;
	}
	container_enter_document(&container, task, n, size, 'o');
	if (task->brief->max_archive_depth == 0) {
		container_stop(&container);
	} else if (member_begin(&member, &container, NAME, sizeof NAME - 1)) {
		end = inflated_read(bytes + at, size - at, take, &member);
		if (end == INFLATED_CUT || end == INFLATED_BROKEN)
			part_set(facts_part(task->facts, n), PART_FACT_unreadable);
		member_end(&member);
	}
	container_leave(&container);
}
