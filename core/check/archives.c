/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An archive that nobody could look into is never clean: each way in which that happens is a finding. How many archives may
 * lie around a file counts as MailScanner counts it, so that limits keep their meaning: with a limit of N, a file of 4 bytes
 * or more inside N archives is too deep.
 */
#include "core/check/archives.h"

#include "core/check/files.h"
#include "core/check/gate.h"
#include "core/log/check_lines.h"
#include "rules/directives.h"
#include "rules/language.h"

/* Smaller files hold nothing. */
#define LEAST_FILE 4

static void
find_archive(struct message *message, unsigned n, const char *key, const char *directive)
{
	message_find_part(message, FINDING_content, file_reported(message, n), "archive", key,
	    directive, language_text(message->subject, key));
}

/* Was a file found in it (a PDF) that can't be had without a password? */
static bool
holds_locked_file(const struct facts *facts, unsigned n)
{
	for (unsigned i = n + 1; i < facts->parts->len; i++) {
		const struct part *part = facts_part(facts, i);

		if (part->parent == (int)n && part->kind == PART_MEMBER &&
		    part_has(part, PART_FACT_encrypted))
			return true;
	}
	return false;
}

/* Office documents are zip files too, but nobody packs them to protect them. */
static bool
may_have_password(const struct facts *facts, unsigned n)
{
	const struct part *part = facts_part(facts, n);

	if (part_has(part, PART_FACT_ooxml) || part_has(part, PART_FACT_ole))
		return false;
	return part_has(part, PART_FACT_archive) ||
	       (part_has(part, PART_FACT_encrypted) && holds_locked_file(facts, n));
}

static void
check_password(struct message *message, unsigned n)
{
	const struct part *part = facts_part(message->facts, n);
	const char *id = message_id(message), *name = file_shown(message, n);

	if (!may_have_password(message->facts, n))
		return;
	if (part_has(part, PART_FACT_unencrypted_member) &&
	    archives_must_be_password_protected_for(message->subject)) {
		lines_archive_no_password(id, name);
		find_archive(
		    message, n, "NonPasswordedArchive", "Archives Must Be Password Protected");
		return;
	}
	if ((part_has(part, PART_FACT_encrypted) || part_has(part, PART_FACT_encrypted_names)) &&
	    !allow_password_protected_archives_for(message->subject)) {
		lines_archive_password(id, name);
		find_archive(message, n, "PasswordedArchive", "Allow Password-Protected Archives");
	}
}

static void
check_readable(struct message *message, unsigned n)
{
	const struct part *part = facts_part(message->facts, n);
	bool container = part_has(part, PART_FACT_archive) || part_has(part, PART_FACT_ole) ||
			 part_has(part, PART_FACT_ooxml);
	bool cut = container && part_has(part, PART_FACT_truncated);

	if (part_has(part, PART_FACT_bad_tnef) || !(cut || part_has(part, PART_FACT_unreadable)))
		return;
	if (cut && ignore_truncated_archives_for(message->subject))
		return;
	lines_archive_unreadable(message_id(message), file_shown(message, n));
	find_archive(message, n, "UnreadableArchive", "");
}

static bool
is_too_deep(const struct part *part, gint64 limit)
{
	return limit > 0 && part->kind == PART_MEMBER && part->archive_depth >= limit &&
	       part->size >= LEAST_FILE;
}

static bool
any_too_deep(const struct message *message, gint64 limit)
{
	for (unsigned n = 0; n < message->facts->parts->len; n++) {
		if (is_too_deep(facts_part(message->facts, n), limit))
			return true;
	}
	return false;
}

static void
find_limit(struct message *message, enum read_limit limit)
{
	g_autofree char *text =
	    g_strdup_printf("%s (%s)", language_text(message->subject, "ArchiveTooDeep"),
		language_text(message->subject, read_limit_key(limit)));

	lines_archive_deep(message_id(message));
	message_find_part(message, FINDING_content, FINDING_WHOLE, "archive", "ArchiveTooDeep",
	    read_limit_directive(limit), text);
}

/* With `Maximum Archive Depth` 0 nobody wants archives to be opened, and none is too deep. */
static void
check_limits(struct message *message)
{
	gint64 depth = maximum_archive_depth_for(message->subject);
	unsigned limits = message->facts->limits & ~(1U << READ_LIMIT_parts);

	if (depth <= 0)
		limits &= ~(1U << READ_LIMIT_archive_depth);
	else if (any_too_deep(message, depth))
		limits |= 1U << READ_LIMIT_archive_depth;
	for (unsigned i = 0; i < READ_LIMIT_COUNT; i++) {
		if (limits & 1U << i)
			find_limit(message, (enum read_limit)i);
	}
}

void
check_archives(struct message *message)
{
	if (!gate_read(message))
		return;
	check_limits(message);
	for (unsigned n = 0; n < message->facts->parts->len; n++) {
		check_password(message, n);
		check_readable(message, n);
	}
}
