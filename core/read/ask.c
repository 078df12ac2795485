/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one place where directives become a brief. Numbers out of range become the nearest that makes sense: a limit of 0 that
 * would let nothing be read is a mistake in a configuration, not a wish.
 */
#include <string.h>

#include "core/read/facts_json.h"
#include "core/read/reader.h"
#include "rules/directives.h"

#define PARTS_USUAL 200
#define SECONDS_MAX 86400
/* More of them, and as many parts, would not be believed. */
#define FILES_MAX (FACTS_PARTS_MAX / 2)

static unsigned
number(gint64 value, gint64 least)
{
	return (unsigned)CLAMP(value, least, G_MAXINT32);
}

static void
ask_limits(struct brief *brief, struct subject *subject)
{
	brief->max_depth = number(maximum_mime_depth_for(subject), 1);
	brief->max_parts = maximum_attachments_per_message_for(subject);
	if (brief->max_parts == 0)
		brief->max_parts = PARTS_USUAL;
	brief->max_header = (uint64_t)MAX(1, maximum_header_size_for(subject));
	brief->max_archive_depth = number(maximum_archive_depth_for(subject), 0);
	brief->max_files = MIN(number(maximum_unpacked_files_for(subject), 1), FILES_MAX);
	brief->max_bytes = (uint64_t)MAX(1, maximum_unpacked_size_for(subject));
	brief->max_ratio = number(maximum_compression_ratio_for(subject), 0);
	brief->seconds = MIN(number(reader_timeout_for(subject), 1), SECONDS_MAX);
}

/* Is one of these lists not empty? Asked in order, so that the usual answer is the first. */
static bool
any_rule(struct subject *subject, const enum directive *lists, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (*directive_text(lists[i], subject) != '\0')
			return true;
	}
	return false;
}

/* Types cost more than all the rest, and only rules want them. */
static void
ask_types(struct brief *brief, struct subject *subject)
{
	/* Rules in files are about either. */
	static const enum directive files[] = { DIRECTIVE_filetype_rules,
		DIRECTIVE_archives_filetype_rules };
	static const enum directive words[] = { DIRECTIVE_allow_filetypes, DIRECTIVE_deny_filetypes,
		DIRECTIVE_archives_allow_filetypes, DIRECTIVE_archives_deny_filetypes };
	static const enum directive mime[] = { DIRECTIVE_allow_file_mime_types,
		DIRECTIVE_deny_file_mime_types, DIRECTIVE_archives_allow_file_mime_types,
		DIRECTIVE_archives_deny_file_mime_types };
	bool wanted = *file_command_for(NULL) != '\0' && scan_messages_for(subject) == WORD_yes;
	bool both = wanted && any_rule(subject, files, G_N_ELEMENTS(files));

	brief->want_types = both || (wanted && any_rule(subject, words, G_N_ELEMENTS(words)));
	brief->want_mime_types = both || (wanted && any_rule(subject, mime, G_N_ELEMENTS(mime)));
}

void
brief_for(struct brief *brief, struct subject *subject)
{
	brief_init(brief);
	ask_limits(brief, subject);
	brief->find_archives_by_content = find_archives_by_content_for(subject);
	brief->find_uuencoded = find_uu_encoded_files_for(subject);
	brief->unpack_documents = unpack_microsoft_documents_for(subject);
	brief->expand_tnef = expand_tnef_for(subject) && *tnef_expander_for(subject) != '\0';
	/* Whether something is encrypted is to be known even where nothing is unpacked. */
	brief->list_archives = !allow_password_protected_archives_for(subject) ||
			       archives_must_be_password_protected_for(subject);
	ask_types(brief, subject);
	/* Signatures want to know where a text ends, so HTML is read whatever is scanned for. */
	brief->want_html = true;
	brief->want_digests = false;
}
