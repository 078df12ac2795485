/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_WALK_H
#define CORE_READ_WALK_H
/*
 * A walk through MIME: its beginnings (mime.c), the walker (walk.c) and the look at what it finds (leaf.c) have this in common. For
 * these alone.
 */
#include "core/read/task.h"
#include "core/read/view.h"

/* Whatever the brief allows: readings of one message, messages in files in messages. */
#define READINGS_MAX 8
#define EMBEDDED_MAX 8

/* Bytes that are walked, and where they lie in the message. */
struct walk {
	struct task *task;
	const char *bytes;
	uint64_t base; /* coordinate of bytes[0]; what was decoded has none */
	bool placed;   /* it has coordinates */
	bool embedded; /* all leaves are members of `host` */
	unsigned host;
	unsigned reading;
	GQueue *others; /* of struct entity: to be read when this reading is done */
};

/* A range of the bytes of a walk. */
struct range {
	size_t start, end;
	size_t line; /* of the boundary behind it: a header may reach up to there; 0: none */
};

/*
 * One entity, in one view: `range` is all that the view's positions count in, from the beginning of its header (of the message
 * itself: of its body) on.
 */
struct entity {
	unsigned parent, depth;
	struct view *view;
	struct fields fields;
	struct range range;
	uint64_t header_start, header_end; /* coordinates */
};

struct range entity_content(const struct entity *entity);

/* Reads the entity in a range: it and all in it become parts. `type` is what it is where its header says nothing. */
void walk_entity(
    struct walk *walk, unsigned parent, const char *type, struct range range, unsigned depth);

/* The same for one whose fields were read, which are taken over. */
void walk_open(struct walk *walk, struct entity *entity, const char *type);

/* Reads what was noted for other readings. */
void walk_others(struct walk *walk);

/* The content of part n, which this entity is, is decoded and goes its way. */
void walk_leaf(struct walk *walk, unsigned n, const struct entity *entity);

/* Notes in which other ways this entity, part n, may be read. */
void walk_note_others(struct walk *walk, unsigned n, const struct entity *entity);

#endif
