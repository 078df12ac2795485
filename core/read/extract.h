/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_EXTRACT_H
#define CORE_READ_EXTRACT_H
/*
 * One file is taken out of an archive that is open.
 */
#include <archive.h>
#include "core/read/member.h"
#include "core/read/rardir.h"
#include "core/read/zipdir.h"

/* One archive while it is open. */
struct opened {
	struct container container;
	struct archive *archive;
	const char *bytes;
	size_t size;
	struct zipdir *zipdir; /* NULL: it is no zip, or has no central directory */
	struct rardir *rardir; /* NULL: it is no RAR 5 archive */
	unsigned headers;      /* that could be read */
	bool damaged;
};

/* The part that the archive is. */
static inline struct part *
opened_part(const struct opened *opened)
{
	return facts_part(opened->container.task->facts, opened->container.part);
}

/* The entry becomes a member, or is only counted where it is a directory. `archive` is where its content comes from. */
void extract_entry(struct opened *opened, struct archive *archive, struct archive_entry *entry);

/* What went wrong last, as facts about a part. */
void extract_note_trouble(struct archive *archive, struct part *part);

#endif
