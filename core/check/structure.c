/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parts that only some mail programs would see were checked like all others; what is said here is that they are there at all.
 * That alone stops nothing: half of the world's newsletters are written so that somebody reads them differently.
 */
#include "core/check/structure.h"

#include <string.h>

#include "core/check/files.h"
#include "core/check/gate.h"
#include "core/log/check_lines.h"
#include "core/log/log.h"
#include "rules/directives.h"
#include "rules/language.h"

#define PARTS_BY_DEFAULT 200
#define LONG_BOUNDARY 80
#define LONG_BLANK_LINE 100000

/* Of "how it was written" those on which mail programs differ in what they show. */
static const enum part_fact ambiguous_facts[] = {
	PART_FACT_no_boundary,
	PART_FACT_odd_boundary,
	PART_FACT_repeated_header,
	PART_FACT_repeated_parameter,
	PART_FACT_conflicting_names,
	PART_FACT_odd_header_name,
	PART_FACT_broken_header,
	PART_FACT_nul,
	PART_FACT_unknown_encoding,
	PART_FACT_encoded_multipart,
	PART_FACT_rubbish_base64,
	PART_FACT_hidden_message,
};

static void
find(struct message *message, int part, const char *key, const char *directive)
{
	message_find_part(message, FINDING_error, part, "structure", key, directive,
	    language_text(message->subject, key));
}

static void
check_readable(struct message *message)
{
	const struct facts *facts = message->facts;

	if (!facts->unparsable && !part_has(facts_part(facts, 0), PART_FACT_no_boundary))
		return;
	log_message(LOG_WARNING, message_id(message), "Message %s can't be read as mail",
	    message_id(message));
	find(message, FINDING_WHOLE, "CantAnalyze", "");
}

/* The number of parts that is too many; negative: none is. */
static gint64
parts_limit(struct message *message)
{
	gint64 limit = maximum_attachments_per_message_for(message->subject);

	return limit == 0 ? PARTS_BY_DEFAULT : limit;
}

static void
check_parts(struct message *message)
{
	const struct facts *facts = message->facts;
	gint64 limit = parts_limit(message);
	bool stopped = facts->limits & 1U << READ_LIMIT_parts;

	if (!stopped && (limit < 0 || facts->counted < limit))
		return;
	lines_too_many_parts(message_id(message), facts->counted);
	find(message, FINDING_WHOLE, "TooManyAttachments", "Maximum Attachments Per Message");
}

static void
check_tnef(struct message *message)
{
	if (deliver_unparsable_tnef_for(message->subject))
		return;
	for (unsigned n = 0; n < message->facts->parts->len; n++) {
		if (!part_has(facts_part(message->facts, n), PART_FACT_bad_tnef))
			continue;
		lines_corrupt_tnef(message_id(message), file_shown(message, n));
		find(message, file_reported(message, n), "BadTNEF", "Deliver Unparsable TNEF");
	}
}

static void
find_ambiguous(struct message *message, int part, const char *why)
{
	g_autofree char *text =
	    g_strdup_printf("%s: %s", language_text(message->subject, "Ambiguous"), why);

	message_find_part(message, FINDING_ambiguous, part, "structure", "Ambiguous", "", text);
}

static void
check_ambiguity(struct message *message)
{
	const struct facts *facts = message->facts;

	if (facts->readings > 1)
		find_ambiguous(message, FINDING_WHOLE, "it can be read in more than one way");
	for (unsigned n = 0; n < facts->parts->len; n++) {
		for (size_t i = 0; i < G_N_ELEMENTS(ambiguous_facts); i++) {
			if (part_has(facts_part(facts, n), ambiguous_facts[i]))
				find_ambiguous(message, file_reported(message, n),
				    part_fact_text(ambiguous_facts[i]));
		}
	}
}

void
check_structure(struct message *message)
{
	if (!gate_read(message))
		return;
	check_readable(message);
	check_parts(message);
	check_tnef(message);
	check_ambiguity(message);
}

unsigned
check_boundary(struct message *message)
{
	if (!gate_dangerous(message) || message->facts->longest_boundary < LONG_BOUNDARY)
		return 0;
	lines_long_boundary(message_id(message));
	message_find_part(message, FINDING_content, FINDING_WHOLE, "structure", "EudoraLongMIME",
	    "", language_text(message->subject, "EudoraLongMIME"));
	return 1;
}

static bool
is_quoted_text(const struct part *part)
{
	return strcmp(part->encoding, "quoted-printable") == 0 &&
	       g_str_has_prefix(part->type, "text/");
}

/* A line of blanks without end makes some mail programs search for its end without end. */
static unsigned
check_blank_lines(struct message *message)
{
	bool unknown = false;

	for (unsigned n = 0; n < message->facts->parts->len; n++) {
		const struct part *part = facts_part(message->facts, n);

		unknown =
		    unknown || (is_quoted_text(part) && part_has(part, PART_FACT_not_unpacked));
		if (part->blank_line <= LONG_BLANK_LINE)
			continue;
		g_autofree char *text = g_strdup_printf("%s %" G_GUINT64_FORMAT,
		    language_text(message->subject, "QPDOSFound"), part->blank_line);
		message_find_part(
		    message, FINDING_content, FINDING_WHOLE, "structure", "QPDOSFound", "", text);
		return 1;
	}
	if (!unknown || ignore_qp_denial_of_service_failure_for(message->subject))
		return 0;
	message_find_part(message, FINDING_content, FINDING_WHOLE, "structure", "QPDOSFail",
	    "Ignore QP Denial Of Service Failure", language_text(message->subject, "QPDOSFail"));
	return 1;
}

/* The problem is one, however many parts are so. */
static unsigned
check_parts_with(struct message *message, enum part_fact fact, const char *key,
    const char *directive, void (*log)(const char *id))
{
	unsigned problems = 0;

	for (unsigned n = 0; n < message->facts->parts->len; n++) {
		if (!part_has(facts_part(message->facts, n), fact))
			continue;
		if (problems++ == 0)
			log(message_id(message));
		find(message, file_reported(message, n), key, directive);
	}
	return problems > 0;
}

unsigned
check_fragments(struct message *message)
{
	unsigned problems = 0;

	if (!gate_content(message))
		return 0;
	problems = check_blank_lines(message);
	if (!allow_partial_messages_for(message->subject))
		problems += check_parts_with(message, PART_FACT_partial, "PartialMessage",
		    "Allow Partial Messages", lines_fragment);
	if (!allow_external_message_bodies_for(message->subject))
		problems += check_parts_with(message, PART_FACT_external_body, "ExternalBody",
		    "Allow External Message Bodies", lines_external_body);
	return problems;
}
