/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The reader has opened it to look into it; what it found is fetched as any content is, and attached as it was named.
 */
#include "core/act/winmail.h"

#include <string.h>

#include "core/act/contents.h"
#include "core/act/seal.h"
#include "core/act/verdict.h"
#include "core/log/lines.h"
#include "rules/directives.h"

#define STAGE "TNEF"

/* Is part n, or something that was taken out of it, or the message as a whole reported? */
static bool
is_reported(const struct message *message, unsigned n)
{
	for (unsigned i = 0; i < message->findings->len; i++) {
		const struct finding *finding = g_ptr_array_index(message->findings, i);
		int at = finding->part;

		if (!verdict_counts(finding))
			continue;
		while (at > (int)n)
			at = facts_part(message->facts, (unsigned)at)->parent;
		if (at == (int)n || finding->part == FINDING_WHOLE)
			return true;
	}
	return false;
}

/* Is the container itself reported, not only something in it? */
static bool
is_bad(const struct message *message, unsigned n)
{
	for (unsigned i = 0; i < message->findings->len; i++) {
		const struct finding *finding = g_ptr_array_index(message->findings, i);

		if (verdict_counts(finding) &&
		    (finding->part == FINDING_WHOLE || finding->part == (int)n))
			return true;
	}
	return false;
}

/* Something that only some readings show is no attachment of the message. */
static bool
is_wanted(const struct message *message, unsigned n)
{
	const struct part *part = facts_part(message->facts, n);

	if (part->kind != PART_LEAF || part->reading != 0 || !part_has(part, PART_FACT_tnef) ||
	    part_has(part, PART_FACT_bad_tnef) || seal_of_part(message->facts, n) != NULL)
		return false;
	/* Where nothing was done about what was found in it, nothing is done here. */
	return is_reported(message, n) ? message_part_goes(message, n) && !is_bad(message, n)
				       : !message_part_goes(message, n);
}

/* Has the message a text of its own? */
static bool
has_text(const struct facts *facts)
{
	for (unsigned n = 0; n < facts->parts->len; n++) {
		const struct part *part = facts_part(facts, n);

		if (part->kind == PART_LEAF && part->reading == 0 &&
		    g_str_has_prefix(part->type, "text/") &&
		    strcmp(part->disposition, "attachment") != 0)
			return true;
	}
	return false;
}

/* Of the files in a winmail.dat; `texts`: the text of the message is one. */
static bool
is_usable(const struct message *message, unsigned n, bool texts)
{
	const struct part *part = facts_part(message->facts, n);

	return part->kind == PART_MEMBER && !part_has(part, PART_FACT_empty_placeholder) &&
	       (texts || !part_has(part, PART_FACT_generated)) && !is_reported(message, n);
}

/* What a rule has it called, or its own name; NULL for none. */
static const char *
name_of(const struct message *message, unsigned n)
{
	const struct part *part = facts_part(message->facts, n);
	const char *name = *part->name != '\0' ? part->name : NULL;

	for (unsigned i = 0; i < message->findings->len; i++) {
		const struct finding *finding = g_ptr_array_index(message->findings, i);

		if (finding->kind == FINDING_rename && finding->part == (int)n)
			name = finding->text;
	}
	return name;
}

/* The text of the message itself, where it is text for everybody. */
static bool
is_plain_text(const struct part *part, GBytes *bytes)
{
	size_t size;
	const char *text = g_bytes_get_data(bytes, &size);

	return part_has(part, PART_FACT_generated) && g_str_has_suffix(part->name, ".txt") &&
	       g_utf8_validate_len(text != NULL ? text : "", size, NULL);
}

/* The content of the n-th fetched one; NULL where it could not be had. */
static struct new_part *
attachment_of(const struct message *message, const struct contents *contents, unsigned n)
{
	const struct part *part = facts_part(message->facts, contents->parts[n]);
	GBytes *bytes = contents_bytes(contents, n);

	if (bytes == NULL)
		return NULL;
	bool text = is_plain_text(part, bytes);
	return new_part_new(text ? "text/plain" : "application/octet-stream", text ? "UTF-8" : NULL,
	    name_of(message, contents->parts[n]), text ? "inline" : "attachment", bytes);
}

/* Attaches the files of one winmail.dat; false when some could not be had, or there are none. */
static bool
attach_files(struct message *message, const struct contents *contents, unsigned container)
{
	unsigned attached = 0, missing = 0;

	for (unsigned i = 0; i < contents->count; i++) {
		if (facts_part(message->facts, contents->parts[i])->parent != (int)container)
			continue;
		struct new_part *attachment = attachment_of(message, contents, i);

		missing += attachment == NULL;
		if (attachment == NULL)
			continue;
		lines_tnef_added(
		    message_id(message), facts_part(message->facts, contents->parts[i])->name);
		message_edit_body(message, BODY_APPEND, 0, NULL, attachment, STAGE);
		attached++;
	}
	return attached > 0 && missing == 0;
}

/* Is all that it holds known? */
static bool
is_whole(const struct facts *facts, unsigned n)
{
	const struct part *container = facts_part(facts, n);

	for (unsigned i = n + 1; i < facts->parts->len; i++) {
		const struct part *part = facts_part(facts, i);

		if (part->parent == (int)n && part_has(part, PART_FACT_empty_placeholder))
			return false;
	}
	return !part_has(container, PART_FACT_not_unpacked) &&
	       !part_has(container, PART_FACT_truncated);
}

/* A message that was nothing but a winmail.dat keeps an empty text. */
static void
remove_container(struct message *message, unsigned n)
{
	lines_tnef_removed(message_id(message), facts_part(message->facts, n)->name);
	if (n > 0)
		message_edit_body(message, BODY_REMOVE, n, NULL, NULL, STAGE);
	else
		message_edit_body(message, BODY_REPLACE, 0, NULL,
		    new_part_new("text/plain", "UTF-8", NULL, "inline", g_bytes_new(NULL, 0)),
		    STAGE);
}

bool
winmail_expand(struct message *message, struct reader *reader, GError **error)
{
	const struct facts *facts = message->facts;
	unsigned count = facts != NULL ? facts->parts->len : 0, found = 0;
	g_autofree bool *expanded = g_new0(bool, count + 1), *wanted = g_new0(bool, count + 1);
	bool texts = facts != NULL && !has_text(facts);
	struct contents contents;

	for (unsigned n = 0; n < count; n++) {
		int parent = facts_part(facts, n)->parent;

		expanded[n] = is_wanted(message, n);
		wanted[n] = parent >= 0 && expanded[parent] && is_usable(message, n, texts);
		found += wanted[n];
	}
	enum word use = found > 0 ? use_tnef_contents_for(message->subject) : WORD_no;
	if (use == WORD_no)
		return true;
	bool done = contents_fetch(&contents, message, reader, CONTENT_DECODED, wanted, error);
	for (unsigned n = 0; done && n < count; n++) {
		if (expanded[n] && attach_files(message, &contents, n) && use == WORD_replace &&
		    is_whole(facts, n) && !message_part_goes(message, n))
			remove_container(message, n);
	}
	contents_clear(&contents);
	return done;
}
