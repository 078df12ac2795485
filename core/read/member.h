/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_MEMBER_H
#define CORE_READ_MEMBER_H
/*
 * Members: files that are taken out of a container, each a part behind it. Whoever opens a format says what there is; here it is
 * counted, held, and handed to task_content(), which may open it in turn.
 *
 * Limits. Bytes, files and time are the message's. The ratio is that of each container: what was unpacked out of it, and out of
 * what was in it, to its own size. So nesting multiplies nothing. Once `stopped` is true, the container is to be left; what was not
 * taken out is noted with it (PART_FACT_not_unpacked).
 */
#include "core/read/task.h"

/* Containers within each other at most, whatever the directive says: each takes memory and stack. */
#define CONTAINER_DEPTH_MAX 64

struct container {
	struct task *task;
	struct container *outer;
	unsigned part;
	char letter;	   /* of its members */
	unsigned layers;   /* archives around its members */
	uint64_t size;	   /* its own */
	uint64_t unpacked; /* out of it, and out of its members */
	bool names_only;   /* nothing is to be unpacked */
	bool stopped;	   /* a limit was reached */
	bool document;	   /* container_enter_document() */
	GHashTable *seen;  /* char * path in lower case -> part number */
};

/* Whether one more may be opened within those that are. False: the limit is noted. */
bool container_has_room(struct task *task);

/* Part n, of `size` bytes, is being opened. Its members lie inside of one archive more, unless it is TNEF that came as a MIME part. */
void container_enter(
    struct container *container, struct task *task, unsigned n, uint64_t size, char letter);
/*
 * The same for a file of a kind that nobody takes for an archive, as an invoice in PDF with its data in it: its members lie inside
 * of no archive more, so that `Maximum Archive Depth` means what it meant before such files were opened. One in another counts.
 */
void container_enter_document(
    struct container *container, struct task *task, unsigned n, uint64_t size, char letter);
/* It was left. */
void container_leave(struct container *container);

/* A limit was reached, what is still in it stays there. */
void container_stop(struct container *container);

/* So many bytes are unpacked that do not become a member as they are; members count theirs. False: a limit was reached, it is stopped. */
bool container_count(struct container *container, uint64_t length);

/* The member that was stored under this path, in any case and with any slashes. NULL: none was. */
struct part *container_find(const struct container *container, const char *path, size_t length);

/*
 * A file that is being taken out.
 */
struct member {
	struct container *container;
	unsigned n; /* its part */
	uint64_t size;
	GByteArray *bytes;   /* what of it is held */
	GChecksum *checksum; /* of all of it, once not all is held */
};

/* Bytes of a member that are held where nothing can be found in the rest of them. */
#define MEMBER_HEAD_MAX (16 << 20)

/*
 * Adds a part for a file of that name, as stored: its names, and what they give away (PART_FACT_absolute_path ...). False, and
 * nothing added: a limit was reached. `name` may be NULL, where it has none.
 */
bool member_begin(
    struct member *member, struct container *container, const char *name, size_t length);
struct part *member_part(const struct member *member);
/* Another name that some program may see. */
void member_name(struct member *member, const char *name, size_t length);
/* A name of one that was begun without; `first` is the one that it is told from others by. */
void member_path(struct member *member, const char *name, size_t length, bool first);
/* More of its content. False: a limit was reached; what was taken so far is thrown away by member_end(). */
bool member_write(struct member *member, const void *bytes, size_t length);
/* That many NUL bytes. */
bool member_write_hole(struct member *member, uint64_t length);
/* Content is whole, or as whole as it gets: task_content(). */
void member_end(struct member *member);
/* Only its name is known: PART_FACT_empty_placeholder. Instead of member_end(). */
void member_end_empty(struct member *member);

/* All of that in one: a file whose content lies in memory. False: a limit was reached. */
bool member_whole(
    struct container *container, const char *name, size_t length, const char *bytes, size_t size);

#endif
