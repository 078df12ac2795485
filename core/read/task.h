/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_TASK_H
#define CORE_READ_TASK_H
/*
 * The reading of one message, as the modules of core/read/ share it while it lasts: what was found so far, how much of each
 * limit is left, and who takes contents. One module finds parts (mime.c), others open what is in them.
 */
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include "core/message/part.h"
#include "core/read/brief.h"
#include "core/read/reading.h"
#include "core/read/source.h"

struct task {
	const struct brief *brief;
	const struct source *source;
	struct facts *facts;
	const struct reading_wish *wish; /* NULL: none */
	gint64 deadline;		 /* g_get_monotonic_time() */
	uint64_t bytes;			 /* decoded and unpacked so far */
	unsigned files;			 /* unpacked so far */
	uint64_t searched;		 /* bytes gone over for boundaries of other readings */
	unsigned embedded;		 /* messages in files around what is read now */
	bool
	    ended; /* whoever takes contents has had enough: all counters say no, without a limit being noted */
	struct container *containers; /* those being opened, innermost first: core/read/member.h */
};

/*
 * Each of these says whether there is room for one more, counts it, and else notes the limit that was reached. What comes
 * after a limit is left unopened (PART_FACT_not_unpacked), never taken for harmless.
 */
bool task_count_bytes(struct task *task, uint64_t bytes);
bool task_count_file(struct task *task);
bool task_in_time(struct task *task);
void task_reached(struct task *task, enum read_limit limit);

/*
 * A content that was decoded or unpacked: called once for each leaf and each member, with all of its bytes, by the module that
 * made it, when all that the part's header or directory entry says is in the part. It sets size, digest, types, facts about
 * the bytes (NUL ...) and HTML, hands it to whoever wishes for it, and opens what can be opened: uuencoded text, TNEF, archives,
 * documents. Those add parts behind `n` and call it again.
 */
void task_content(struct task *task, unsigned n, const char *bytes, size_t size);

#endif
