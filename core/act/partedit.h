/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ACT_PARTEDIT_H
#define CORE_ACT_PARTEDIT_H
/*
 * One part of a message is changed: what is planned for it becomes changes of ranges of the body, and of the fields of its header.
 */
#include "core/act/bodychange.h"
#include "core/act/mimefield.h"
#include "core/act/partplan.h"
#include "core/message/message.h"

/* The work on one message. */
struct build {
	struct message *message;
	const struct facts *facts;
	struct bodychange *body;
	struct part_plans *plans;
	struct mimefields *root; /* what becomes of the message's own header */
};

/* The work on one part. Places count in the body. */
struct site {
	unsigned n;
	const struct part *part;
	const struct part_plan *plan;
	struct mimefields *fields;
	uint64_t header_start, header_end, start, end;
	const char *line_end;
	bool is_message; /* its header is that of a message */
	bool open_line;	 /* the line before its header has no end */
};

/*
 * What stands at one place, from the outside in: changes of a part around those of the parts in it; and of one part, what is put before it, its
 * header, what is put before its content, its content.
 */
enum rank { RANK_before, RANK_header, RANK_opening, RANK_content, RANKS };

unsigned site_rank(const struct site *site, enum rank rank);

/* Adds the changes of part n, for which something is planned, to build->body (and to build->root, which are the message's own fields). */
void partedit_build(struct build *build, unsigned n);

/* A body that ends with the file ends its last line. */
void partedit_end_body(const struct build *build, const struct site *site, GString *text);

#endif
