/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Programs that read a message in another way show what can't be disarmed for them, for edits are made in the usual reading. Signed
 * data is shown as the message, and edited it would be signed no more.
 */
#include "core/check/htmlplace.h"

#include <string.h>

/* In whatever reading. */
static bool
is_page(const struct part *part)
{
	return strcmp(part->type, "text/html") == 0 && strcmp(part->disposition, "attachment") != 0;
}

bool
htmlplace_is_shown(const struct part *part)
{
	return part->reading == 0 && part->kind == PART_LEAF && is_page(part);
}

bool
htmlplace_is_file(const struct part *part)
{
	return part->reading == 0 && part->kind == PART_LEAF && part->html != NULL &&
	       !htmlplace_is_shown(part);
}

static bool
has_same_bytes(const struct part *one, const struct part *other)
{
	return one->body_start == other->body_start && one->body_end == other->body_end &&
	       one->size == other->size && strcmp(one->encoding, other->encoding) == 0 &&
	       strcmp(one->charset, other->charset) == 0;
}

static bool
is_shown_elsewhere(const struct facts *facts, const struct part *part, bool files)
{
	if (part->reading == 0 || part->kind != PART_LEAF)
		return false;
	for (unsigned n = 0; n < facts->parts->len; n++) {
		const struct part *other = facts_part(facts, n);

		if ((htmlplace_is_shown(other) || (files && htmlplace_is_file(other))) &&
		    has_same_bytes(part, other))
			return false;
	}
	return true;
}

static bool
is_signed(const struct facts *facts, const struct part *part)
{
	const struct part *around =
	    part->parent >= 0 ? facts_part(facts, (unsigned)part->parent) : NULL;

	return part->kind == PART_MEMBER && around != NULL && around->kind == PART_LEAF &&
	       part_has(around, PART_FACT_mime_signed);
}

bool
htmlplace_is_beyond(const struct facts *facts, const struct part *part, bool files)
{
	return is_page(part) && (is_shown_elsewhere(facts, part, files) || is_signed(facts, part));
}
