/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ACT_LEAF_H
#define CORE_ACT_LEAF_H
/*
 * Changing some text in the content of one leaf, in the transfer encoding and charset that it has: as few encoded bytes change as
 * can be.
 */
#include "core/act/mimefield.h"
#include "core/act/transfer.h"
#include "core/message/message.h"

/* Encoded bytes from `start` to `end` become `bytes`. */
struct leaf_change {
	size_t start, end;
	GString *bytes; /* owned; whoever takes it leaves NULL */
};
void leaf_change_free(void *change);

struct leaf {
	const struct part *part;
	const char *bytes; /* encoded, borrowed */
	size_t size;
	const char *line_end;	     /* of the lines on disk around it */
	const GPtrArray *boundaries; /* of const char *: of all multiparts around it */
	struct mimefields *fields;   /* its header: changed where encoding or charset have to */
	GPtrArray *changes;	     /* out: of struct leaf_change, in order, none overlapping */
};

/*
 * Carries out BODY_SPLICE edits (of const struct body_edit *, in the order of planning). Positions behind the end count as the
 * end. Of two edits that overlap the one that begins first (the longer of two that begin together) is carried out, and of the
 * other what lies behind; what is inserted is never lost. False, and nothing is changed, where the text can't be had as the reader had it.
 */
bool leaf_splice(struct leaf *content, const GPtrArray *edits) G_GNUC_WARN_UNUSED_RESULT;

/* BODY_CONVERT; of `edits` (splices) those that insert at the beginning or the end still count. */
void leaf_convert(struct leaf *content, const char *text, const GPtrArray *edits);

#endif
