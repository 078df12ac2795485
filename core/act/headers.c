/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Planning reads directives and touches no header; applying touches the header and reads no directive. New fields that go to the
 * top end up in reverse order of planning, which is what log and mail analysers know from MailScanner.
 *
 * When fields are added on top and those that are there are left alone (Multiple Headers = add, Place New Headers At Top =
 * yes), nothing that a DKIM signature covers is changed (RFC 6376 section 5.4.2: a verifier takes fields from the bottom).
 */
#include "core/act/headers.h"

#include <string.h>

#include "core/act/address.h"
#include "core/act/seal.h"
#include "core/act/verdict.h"
#include "core/check/gate.h"
#include "core/message/subject_line.h"
#include "core/read/fields.h"
#include "rules/directives.h"
#include "rules/regex.h"

struct style {
	enum header_place place;
	bool keeps_signatures; /* additions only, on top */
};

static struct style
style_for(struct subject *subject)
{
	struct style style;

	style.place = place_new_headers_at_top_of_message_for(subject) ? HEADER_TOP : HEADER_BOTTOM;
	style.keeps_signatures =
	    style.place == HEADER_TOP && multiple_headers_for(subject) == WORD_add;
	return style;
}

static void
plan_replace(struct message *message, struct style style, const char *name, const char *value)
{
	enum edit_kind kind = style.keeps_signatures ? EDIT_HEADER_ADD : EDIT_HEADER_REPLACE;

	if (*name != '\0')
		message_edit_header(message, kind, name, value, style.place);
}

static void
plan_multiple(struct message *message, struct style style, const char *name, const char *value)
{
	enum word how = multiple_headers_for(message->subject);
	enum edit_kind kind = how == WORD_add	    ? EDIT_HEADER_ADD
			      : how == WORD_replace ? EDIT_HEADER_REPLACE
						    : EDIT_HEADER_APPEND;

	if (*name != '\0' && *value != '\0')
		message_edit_header(message, kind, name, value, style.place);
}

/*
 * "Clean" is said only when every scanner that the configuration names has looked at the message. No scanner is run by this
 * version, so that is the case only where none is named.
 */
static bool
all_scanners_ran(struct subject *subject)
{
	return virus_scanning_for(subject) &&
	       g_ascii_strcasecmp(virus_scanners_for(NULL), "none") == 0;
}

static void
plan_status(struct message *message, struct style style, bool infected)
{
	struct subject *subject = message->subject;

	if (infected)
		plan_multiple(
		    message, style, mail_header_for(subject), infected_header_value_for(subject));
	else if (all_scanners_ran(subject) && !gate_unread(message))
		plan_multiple(
		    message, style, mail_header_for(subject), clean_header_value_for(subject));
	else if (mark_unscanned_messages_for(subject))
		plan_multiple(
		    message, style, mail_header_for(subject), unscanned_header_value_for(subject));
}

static void
plan_envelope(struct message *message, struct style style)
{
	struct subject *subject = message->subject;

	if (add_envelope_from_header_for(subject))
		plan_replace(
		    message, style, envelope_from_header_for(subject), message_sender(message));
	if (add_envelope_to_header_for(subject)) {
		const char *name = envelope_to_header_for(subject);
		g_autoptr(GPtrArray) each = address_sorted_recipients(message_recipients(message));
		g_ptr_array_add(each, NULL);
		g_autofree char *list = header_fold_list(name, (const char *const *)each->pdata);

		plan_replace(message, style, name, list);
	}
}

static bool
plan_tag(struct message *message, struct style style, enum word where, const char *tag)
{
	if (where == WORD_no || where == WORD_NONE || *tag == '\0')
		return false;
	g_autofree char *encoded = subject_line_encode(tag);

	message_edit_header(message, where == WORD_end ? EDIT_TAG_END : EDIT_TAG_START,
	    "Subject:", encoded, style.place);
	return true;
}

/* One tag for what was found, the gravest first. */
static bool
plan_infection_tag(struct message *message, struct style style, const struct verdict *verdict)
{
	struct subject *subject = message->subject;

	if (verdict->virus)
		return plan_tag(message, style, virus_modify_subject_for(subject),
		    virus_subject_text_for(subject));
	if (verdict->name)
		return plan_tag(message, style, filename_modify_subject_for(subject),
		    filename_subject_text_for(subject));
	if (verdict->other)
		return plan_tag(message, style, content_modify_subject_for(subject),
		    content_subject_text_for(subject));
	if (verdict->size)
		return plan_tag(message, style, size_modify_subject_for(subject),
		    size_subject_text_for(subject));
	return false;
}

/* The tag of a message in which nothing is wrong is worth no signature of its sender. */
static bool
would_break_signature(const struct message *message)
{
	return keep_signatures_for(message->subject) &&
	       seal_covers_field(message->entry->headers, "Subject");
}

static void
plan_subject(struct message *message, struct style style, const struct verdict *verdict)
{
	struct subject *subject = message->subject;
	bool tagged = plan_infection_tag(message, style, verdict);

	if (verdict->disarmed)
		tagged |= plan_tag(message, style, disarmed_modify_subject_for(subject),
		    disarmed_subject_text_for(subject));
	if (verdict->phishing)
		tagged |= plan_tag(message, style, phishing_modify_subject_for(subject),
		    phishing_subject_text_for(subject));
	if (!tagged && !would_break_signature(message)) {
		enum word where = scanned_modify_subject_for(subject);

		plan_tag(message, style, where == WORD_yes ? WORD_end : where,
		    scanned_subject_text_for(subject));
	}
}

static void
plan_removals(struct message *message)
{
	g_auto(GStrv) words =
	    g_strsplit_set(remove_these_headers_for(message->subject), ", \t\n", -1);

	for (char **word = words; *word != NULL; word++) {
		if (**word != '\0')
			message_edit_header(
			    message, EDIT_HEADER_REMOVE, *word, NULL, HEADER_BOTTOM);
	}
}

void
headers_plan(struct message *message)
{
	struct subject *subject = message->subject;
	struct style style = style_for(subject);
	struct verdict verdict;

	verdict_of(message, &verdict);
	if (!style.keeps_signatures)
		message_edit_header(message, EDIT_KEEP_FIRST, "Subject:", NULL, HEADER_BOTTOM);
	plan_replace(
	    message, style, information_header_for(subject), information_header_value_for(subject));
	plan_replace(message, style, id_header_for(subject), message_id(message));
	plan_status(message, style, verdict.infected);
	plan_replace(message, style, ip_protocol_version_header_for(subject),
	    strchr(subject_client_ip(subject), ':') != NULL ? "IPv6" : "IPv4");
	plan_envelope(message, style);
	plan_subject(message, style, &verdict);
	plan_removals(message);
}

struct expression {
	struct regex *regex;
	struct regex_scratch *scratch;
};

static bool
matches_expression(const struct header_field *field, void *data)
{
	const struct expression *expression = data;

	return regex_match(expression->regex, expression->scratch, field->text, field->length) ==
	       REGEX_HIT;
}

/* "/expression/" is compared with whole fields; an expression that doesn't compile removes nothing (lint names it). */
static void
remove_fields(struct header_list *headers, const char *what)
{
	size_t length = strlen(what);

	if (length < 3 || what[0] != '/' || what[length - 1] != '/') {
		header_list_remove(headers, what);
		return;
	}
	g_autofree char *text = g_strndup(what + 1, length - 2);
	struct expression expression = { .regex = regex_new(text, REGEX_PLAIN, NULL) };

	if (expression.regex == NULL)
		return;
	expression.scratch = regex_scratch_new();
	header_list_remove_if(headers, matches_expression, &expression);
	regex_scratch_free(expression.scratch);
	regex_free(expression.regex);
}

static bool
ends_with(const char *text, const char *tag)
{
	size_t length = strlen(text), tail = strlen(tag);

	return length >= tail && g_ascii_strcasecmp(text + length - tail, tag) == 0;
}

/*
 * What stands between a tag and the subject. White space between two encoded words is nothing to readers (RFC 2047 section 6.2), so there it is
 * a blank in a word of its own.
 */
static const char *
gap_between(const char *left, const char *right)
{
	return g_str_has_suffix(left, "?=") && g_str_has_prefix(right, "=?") ? " =?UTF-8?Q?_?= "
									     : " ";
}

static void
tag_subject(struct header_list *headers, const struct edit *edit)
{
	g_autofree char *value = header_list_value(headers, edit->name);
	bool at_start = edit->kind == EDIT_TAG_START;

	if (value == NULL)
		header_list_add(headers, edit->name, edit->value, edit->place);
	else if (at_start && g_ascii_strncasecmp(value, edit->value, strlen(edit->value)) != 0)
		header_list_prepend(
		    headers, edit->name, edit->value, gap_between(edit->value, value), edit->place);
	else if (!at_start && !ends_with(value, edit->value))
		header_list_append(
		    headers, edit->name, gap_between(value, edit->value), edit->value, edit->place);
}

/* Is it a field whose name begins so, in the eyes of those alone who leave out comments and stray characters? */
static bool
is_odd_field(const struct header_field *field, void *data)
{
	const char *beginning = data;
	const char *colon = memchr(field->text, ':', field->length);
	g_autofree char *proper = header_field_name(field);
	bool odd;

	if (colon == NULL ||
	    (proper != NULL && g_ascii_strncasecmp(proper, beginning, strlen(beginning)) == 0))
		return false;
	g_autofree char *clean =
	    fields_clean_name(field->text, (size_t)(colon - field->text), &odd);

	return g_ascii_strncasecmp(clean, beginning, strlen(beginning)) == 0;
}

static void
apply(struct header_list *headers, const struct edit *edit)
{
	switch (edit->kind) {
	case EDIT_HEADER_ADD:
		header_list_add(headers, edit->name, edit->value, edit->place);
		break;
	case EDIT_HEADER_REPLACE:
		header_list_remove(headers, edit->name);
		header_list_add(headers, edit->name, edit->value, edit->place);
		break;
	case EDIT_HEADER_APPEND:
		header_list_append(headers, edit->name, ", ", edit->value, edit->place);
		break;
	case EDIT_HEADER_REMOVE:
		remove_fields(headers, edit->name);
		break;
	case EDIT_KEEP_FIRST:
		header_list_keep_first(headers, edit->name);
		break;
	case EDIT_MEND:
		header_list_remove_if(headers, is_odd_field, edit->name);
		break;
	case EDIT_TAG_START:
	case EDIT_TAG_END:
		tag_subject(headers, edit);
		break;
	}
}

void
headers_apply(struct message *message)
{
	for (unsigned i = 0; i < message->edits->len; i++)
		apply(message->entry->headers, g_ptr_array_index(message->edits, i));
}
