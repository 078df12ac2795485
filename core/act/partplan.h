/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ACT_PARTPLAN_H
#define CORE_ACT_PARTPLAN_H
/*
 * What becomes of each part of a message, once all of its body edits are taken together. Of contradicting edits of one part
 * the last planned counts; what a part holds goes with it.
 */
#include "core/act/bodychange.h"
#include "core/message/message.h"

struct part_plan {
	bool ranged;  /* it lies in the message, so that it can be changed */
	bool gone;    /* with a part that it lies in */
	bool removed; /* and its children with it */
	bool mended;  /* its Content- fields are written anew */
	bool mixed;   /* multipart/alternative or related no longer fits */
	const struct new_part *replacement;
	const char *converted, *renamed, *epilogue;
	unsigned first, next; /* its first child, its next sibling in the usual reading; 0: none */
	GPtrArray *splices;   /* of const struct body_edit * */
	GPtrArray *before, *after; /* of const struct new_part *: beside it in a multipart/mixed */
	GPtrArray *related;	   /* beside it in a multipart/related */
	GPtrArray *joined;	   /* behind its children, whatever multipart it is */
};

struct part_plans {
	const struct facts *facts;     /* borrowed */
	const struct bodychange *body; /* borrowed */
	struct part_plan *parts;       /* as many as facts has */
	unsigned count;
	struct new_part *empty,
	    *notice; /* what stands in for parts that can't be named otherwise */
};

/*
 * `cosmetic`: edits that are that count, too. Those that are left out because they would touch something sealed are added to `left`
 * (core/act/leftout.h). SPOOL_ERROR_CORRUPT: an edit of a part that there is not.
 */
struct part_plans *part_plans_new(const struct message *message, const struct bodychange *body,
    bool cosmetic, GPtrArray *left, GError **error);
/* NULL is allowed. */
void part_plans_free(struct part_plans *plans);

/* Is anything to be done about the part itself? */
bool part_plan_is_empty(const struct part_plan *plan);

/* Does it hold text with an OpenPGP signature or message in it? What does not lie in the message has none. */
bool part_is_sealed_text(const struct part_plans *plans, unsigned n);

#endif
