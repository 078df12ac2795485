/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The size of a message is that of its queue files, as in the log. Sizes of attachments are those of their decoded content;
 * texts without a name are no attachments, whatever they hold.
 */
#include "core/check/sizes.h"

#include <string.h>

#include "core/check/files.h"
#include "core/check/gate.h"
#include "core/log/check_lines.h"
#include "rules/directives.h"
#include "rules/language.h"

static void
find_size(struct message *message, int part, const char *key, const char *directive, uint64_t size)
{
	g_autofree char *text = g_strdup_printf("%s: %" G_GUINT64_FORMAT " %s",
	    language_text(message->subject, key), size, language_text(message->subject, "Bytes"));

	message_find_part(message, FINDING_size, part, "size", key, directive, text);
}

static unsigned
check_message(struct message *message)
{
	gint64 most = maximum_message_size_for(message->subject);

	if (most <= 0 || message->entry->size <= (uint64_t)most)
		return 0;
	lines_message_size(message_id(message), most);
	find_size(message, FINDING_WHOLE, "TooBig", "Maximum Message Size", message->entry->size);
	return 1;
}

static bool
is_attachment(const struct part *part)
{
	if (part->kind != PART_LEAF || part_has(part, PART_FACT_generated))
		return false;
	return part->name[0] != '\0' || part->names->len > 0 ||
	       (strcmp(part->type, "text/plain") != 0 && strcmp(part->type, "text/html") != 0);
}

static unsigned
check_attachment(struct message *message, unsigned n)
{
	const struct part *part = facts_part(message->facts, n);
	gint64 most = maximum_attachment_size_for(message->subject);
	gint64 least = minimum_attachment_size_for(message->subject);
	const char *id = message_id(message), *name = file_shown(message, n);

	if (most >= 0 && part->size > (uint64_t)most) {
		lines_attachment_large(id, name, part->size, most);
		find_size(message, file_reported(message, n), "AttachmentTooLarge",
		    "Maximum Attachment Size", part->size);
		return 1;
	}
	if (least < 0 || part->size >= (uint64_t)least)
		return 0;
	lines_attachment_small(id, name, part->size, least);
	message_find_part(message, FINDING_size, file_reported(message, n), "size",
	    "AttachmentTooSmall", "Minimum Attachment Size",
	    language_text(message->subject, "AttachmentTooSmall"));
	return 1;
}

unsigned
check_sizes(struct message *message)
{
	unsigned problems = 0;

	if (!gate_dangerous(message))
		return 0;
	problems = check_message(message);
	for (unsigned n = 0; n < message->facts->parts->len; n++) {
		if (is_attachment(facts_part(message->facts, n)))
			problems += check_attachment(message, n);
	}
	return problems;
}
