/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The reader has opened the archive; what is wanted of it is fetched as it fetches any content, and attached.
 */
#include "core/act/unzip.h"

#include <string.h>

#include "core/act/contents.h"
#include "rules/directives.h"

static bool
is_small_archive(const struct message *message, unsigned n, gint64 most)
{
	const struct facts *facts = message->facts;
	const struct part *part = facts_part(facts, n);
	gint64 members = 0;

	if (part->kind != PART_LEAF || part->reading != 0 || part_has(part, PART_FACT_tnef) ||
	    !part_has(part, PART_FACT_archive) || message_part_goes(message, n))
		return false;
	for (unsigned i = n + 1; i < facts->parts->len; i++)
		members += facts_part(facts, i)->parent == (int)n;
	return members > 0 && members <= most;
}

static bool
matches_any(const char *name, char **patterns)
{
	g_autofree char *folded = g_utf8_casefold(name, -1);

	for (; *patterns != NULL; patterns++) {
		g_autofree char *pattern = g_utf8_casefold(*patterns, -1);
		g_autofree char *anywhere = g_strconcat("*", pattern, "*", NULL);

		if (*pattern != '\0' && g_pattern_match_simple(anywhere, folded))
			return true;
	}
	return false;
}

static void
mark_members(const struct message *message, unsigned archive, bool *wanted)
{
	g_auto(GStrv) patterns = g_strsplit_set(unzip_filenames_for(message->subject), ", \t", -1);
	gint64 most = unzip_maximum_file_size_for(message->subject);

	for (unsigned i = archive + 1; i < message->facts->parts->len; i++) {
		const struct part *part = facts_part(message->facts, i);

		if (part->parent == (int)archive && part->kind == PART_MEMBER &&
		    !part_has(part, PART_FACT_empty_placeholder) && (gint64)part->size < most &&
		    matches_any(part->name, patterns))
			wanted[i] = true;
	}
}

bool
unzip_small_files(struct message *message, struct reader *reader, GError **error)
{
	struct subject *subject = message->subject;
	gint64 most = unzip_maximum_files_per_archive_for(subject);

	if (message->facts == NULL || most <= 0 || *unzip_mimetype_for(subject) == '\0')
		return true;
	unsigned count = message->facts->parts->len;
	g_autofree bool *wanted = g_new0(bool, count);
	struct contents contents;

	for (unsigned n = 0; n < count; n++) {
		if (is_small_archive(message, n, most))
			mark_members(message, n, wanted);
	}
	bool done = contents_fetch(&contents, message, reader, CONTENT_DECODED, wanted, error);
	for (unsigned i = 0; done && i < contents.count; i++) {
		GBytes *bytes = contents_bytes(&contents, i);

		if (bytes != NULL)
			message_edit_body(message, BODY_APPEND, 0, NULL,
			    new_part_new(unzip_mimetype_for(subject), NULL,
				facts_part(message->facts, contents.parts[i])->name, "attachment",
				bytes),
			    "unzipping");
	}
	contents_clear(&contents);
	return done;
}
