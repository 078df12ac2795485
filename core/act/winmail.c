/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The reader has opened it to look into it; what it found is fetched as any content is, and attached as it was named.
 */
#include "core/act/winmail.h"

#include "core/act/contents.h"
#include "core/act/seal.h"
#include "core/act/verdict.h"
#include "core/log/lines.h"
#include "rules/directives.h"

#define STAGE "TNEF"

/* A file that the winmail.dat itself holds, not an archive in it. */
static bool
is_member(const struct facts *facts, unsigned n, unsigned container)
{
	const struct part *part = facts_part(facts, n);

	return part->kind == PART_MEMBER && part->parent == (int)container &&
	       !part_has(part, PART_FACT_empty_placeholder);
}

/* In it, in a file of it, or in the message as a whole. */
static bool
has_finding(const struct message *message, unsigned container)
{
	for (unsigned i = 0; i < message->findings->len; i++) {
		const struct finding *finding = g_ptr_array_index(message->findings, i);

		if (verdict_counts(finding) &&
		    (finding->part == FINDING_WHOLE ||
			facts_mime_part(message->facts, (unsigned)finding->part) == container))
			return true;
	}
	return false;
}

/* Something that only some readings show is no attachment of the message. */
static bool
is_wanted(const struct message *message, unsigned n)
{
	const struct part *part = facts_part(message->facts, n);

	return part->kind == PART_LEAF && part->reading == 0 && part_has(part, PART_FACT_tnef) &&
	       !part_has(part, PART_FACT_bad_tnef) && !message_part_goes(message, n) &&
	       seal_of_part(message->facts, n) == NULL && !has_finding(message, n);
}

/* The content of the n-th fetched one; NULL where it could not be had. */
static struct new_part *
attachment_of(const struct message *message, const struct contents *contents, unsigned n)
{
	const struct part *part = facts_part(message->facts, contents->parts[n]);
	GBytes *bytes = contents_bytes(contents, n);

	return bytes == NULL ? NULL
			     : new_part_new("application/octet-stream", NULL,
				   *part->name != '\0' ? part->name : NULL, "attachment", bytes);
}

/* Attaches the files of one winmail.dat; false when some could not be had, or there are none. */
static bool
attach_files(struct message *message, const struct contents *contents, unsigned container)
{
	unsigned attached = 0, missing = 0;

	for (unsigned i = 0; i < contents->count; i++) {
		if (!is_member(message->facts, contents->parts[i], container))
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
	struct contents contents;

	for (unsigned n = 0; n < count; n++) {
		expanded[n] = is_wanted(message, n);
		wanted[n] = facts_part(facts, n)->parent >= 0 &&
			    expanded[facts_part(facts, n)->parent] &&
			    is_member(facts, n, (unsigned)facts_part(facts, n)->parent);
		found += wanted[n];
	}
	enum word use = found > 0 ? use_tnef_contents_for(message->subject) : WORD_no;
	if (use == WORD_no)
		return true;
	bool done = contents_fetch(&contents, message, reader, CONTENT_DECODED, wanted, error);
	for (unsigned n = 0; done && n < count; n++) {
		if (expanded[n] && attach_files(message, &contents, n) && use == WORD_replace)
			remove_container(message, n);
	}
	contents_clear(&contents);
	return done;
}
