/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One walk for all that is put into messages, so that a warning and a signature agree on what the text of a message is.
 */
#include "core/act/textpart.h"

#include <string.h>

static bool
is_child(const struct message *message, unsigned n, unsigned parent)
{
	const struct part *part = facts_part(message->facts, n);

	return part->parent == (int)parent && part->kind != PART_MEMBER && part->reading == 0;
}

static bool
is_sealed(const struct part *part)
{
	return part_has(part, PART_FACT_mime_signed) || part_has(part, PART_FACT_mime_encrypted);
}

static bool
is_text(const struct part *part)
{
	return (strcmp(part->type, "text/plain") == 0 || strcmp(part->type, "text/html") == 0) &&
	       strcmp(part->disposition, "attachment") != 0;
}

struct walk {
	const struct message *message;
	enum textpart_walk how;
	GArray *found;
	bool sealed;
};

#define WALK_DEPTH_MAX 100

static void
walk_part(struct walk *walk, unsigned n, unsigned depth)
{
	const struct part *part = facts_part(walk->message->facts, n);
	bool alternative = strcmp(part->type, "multipart/alternative") == 0;
	unsigned left = !alternative ? 1 : walk->how == TEXTPART_ALL ? G_MAXUINT : 2;

	if (depth > WALK_DEPTH_MAX || message_part_goes(walk->message, n))
		return;
	if (is_sealed(part)) {
		walk->sealed = true;
		return;
	}
	if (part->kind == PART_LEAF && is_text(part))
		g_array_append_val(walk->found, n);
	if (part->kind != PART_MULTIPART)
		return;
	for (unsigned i = n + 1; i < walk->message->facts->parts->len && left > 0; i++) {
		if (is_child(walk->message, i, n)) {
			walk_part(walk, i, depth + 1);
			left--;
		}
	}
}

GArray *
textpart_list(const struct message *message, enum textpart_walk how, bool *sealed)
{
	struct walk walk = {
		.message = message,
		.how = how,
		.found = g_array_new(FALSE, FALSE, sizeof(unsigned)),
	};

	if (message->facts != NULL && !message->facts->unparsable)
		walk_part(&walk, 0, 0);
	if (sealed != NULL)
		*sealed = walk.sealed;
	return walk.found;
}

bool
textpart_is_html(const struct message *message, unsigned part)
{
	for (unsigned i = 0; i < message->body_edits->len; i++) {
		const struct body_edit *edit = g_ptr_array_index(message->body_edits, i);

		/* It will be text by then. */
		if (edit->kind == BODY_CONVERT && edit->part == part)
			return false;
	}
	return strcmp(facts_part(message->facts, part)->type, "text/html") == 0;
}

static void
insert(struct message *message, unsigned part, size_t place, const char *text, bool cosmetic,
    const char *stage)
{
	struct body_edit *edit = message_edit_body(message, BODY_SPLICE, part, text, NULL, stage);

	edit->start = edit->end = place;
	edit->cosmetic = cosmetic;
}

void
textpart_insert_top(
    struct message *message, unsigned n, const char *text, bool cosmetic, const char *stage)
{
	const struct html_facts *html = facts_part(message->facts, n)->html;
	size_t place = 0;

	if (textpart_is_html(message, n) && html != NULL) {
		if (html->body_open != HTML_NOWHERE)
			place = html->body_open;
		else if (html->html_open != HTML_NOWHERE)
			place = html->html_open;
	}
	insert(message, n, place, text, cosmetic, stage);
}

void
textpart_insert_end(
    struct message *message, unsigned n, const char *text, bool cosmetic, const char *stage)
{
	const struct part *part = facts_part(message->facts, n);
	size_t place = BODY_END;

	if (part->signature_mark != HTML_NOWHERE) {
		struct body_edit *edit =
		    message_edit_body(message, BODY_SPLICE, n, text, NULL, stage);

		edit->start = part->signature_mark;
		edit->end = edit->start + strlen(SIGNATURE_MARK);
		edit->cosmetic = cosmetic;
		return;
	}
	if (textpart_is_html(message, n) && part->html != NULL) {
		if (part->html->body_close != HTML_NOWHERE)
			place = part->html->body_close;
		else if (part->html->html_close != HTML_NOWHERE)
			place = part->html->html_close;
	}
	insert(message, n, place, text, cosmetic, stage);
}
