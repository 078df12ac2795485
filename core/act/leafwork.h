/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ACT_LEAFWORK_H
#define CORE_ACT_LEAFWORK_H
/*
 * The decoded text of a leaf, and what is to be put into it, ready to be encoded.
 */
#include "core/act/charset.h"
#include "core/act/leaf.h"
#include "core/act/transfer.h"

struct splice {
	size_t start, end;
	unsigned order;
	GString *text;
};

struct work {
	struct leaf *content;
	enum transfer transfer;
	enum charset_kind charset;
	bool html;
	GString *decoded; /* the text, as it is edited */
	GString *raw;	  /* as it was before it was turned into UTF-8 for that; NULL: it was not */
	GPtrArray *splices;
	bool widened;	  /* the text has become UTF-8 */
	bool marked;	  /* a byte-order mark stood before the text */
	const char *name; /* of the charset */
};

/*
 * Takes BODY_SPLICE edits (of const struct body_edit *) for the content: they are in order then, none touching another, in the
 * charset of the part. Its fields are changed where that has to become UTF-8. False: the text can't be had as the reader had it.
 * work_clear() in any case.
 */
bool work_init(
    struct work *work, struct leaf *content, const GPtrArray *edits) G_GNUC_WARN_UNUSED_RESULT;
void work_clear(struct work *work);

/* What ends the lines of the decoded text. */
const char *work_line_end(const struct work *work);
/* Is all that is inserted ASCII? */
bool work_inserts_ascii(const struct work *work);
/* May the content hold 8-bit bytes as they are? */
bool work_is_eight_bit(const struct work *work);
/* The part says from now on that it is in UTF-8. */
void work_set_utf8(struct work *work);
/* The decoded text with all changes. The caller's. */
GString *work_result(const struct work *work);

#endif
