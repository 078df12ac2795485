/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The reader has taken the files out, and each was checked as it lies; here they are fetched and attached.
 */
#include "core/act/winmail.h"

#include <string.h>

#include "core/act/contents.h"
#include "core/act/seal.h"
#include "core/act/verdict.h"
#include "core/log/lines.h"
#include "rules/directives.h"

/* Is part n, or something that was taken out of it, reported? */
static bool
is_reported(const struct message *message, unsigned n)
{
	for (unsigned i = 0; i < message->findings->len; i++) {
		const struct finding *finding = g_ptr_array_index(message->findings, i);
		int at = finding->part;

		if (!verdict_counts(finding))
			continue;
		if (at == FINDING_WHOLE)
			return true;
		while (at > (int)n)
			at = facts_part(message->facts, (unsigned)at)->parent;
		if (at == (int)n)
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

static bool
is_usable(const struct message *message, unsigned n)
{
	const struct part *part = facts_part(message->facts, n);

	if (part->kind != PART_LEAF || part->reading != 0 || !part_has(part, PART_FACT_tnef) ||
	    part_has(part, PART_FACT_bad_tnef) || seal_of_part(message->facts, n) != NULL)
		return false;
	if (!is_reported(message, n))
		return !message_part_goes(message, n);
	/* Where nothing was done about what was found in it, nothing is done here. */
	return message_part_goes(message, n) && !is_bad(message, n);
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

static bool
is_wanted(const struct message *message, unsigned member, bool texts)
{
	const struct part *part = facts_part(message->facts, member);

	return part->kind == PART_MEMBER && !is_reported(message, member) &&
	       (texts || !part_has(part, PART_FACT_generated));
}

/* The text of the message itself, where it is text for everybody. */
static bool
is_plain_text(const struct part *part, GBytes *bytes)
{
	size_t size;
	const char *text = g_bytes_get_data(bytes, &size);

	return part_has(part, PART_FACT_generated) && g_str_has_suffix(part->name, ".txt") &&
	       g_utf8_validate_len(text, size, NULL);
}

/* What a rule has it called, or its own name. */
static const char *
name_of(const struct message *message, unsigned member)
{
	const struct part *part = facts_part(message->facts, member);
	const char *name = *part->name != '\0' ? part->name : "winmail";

	for (unsigned i = 0; i < message->findings->len; i++) {
		const struct finding *finding = g_ptr_array_index(message->findings, i);

		if (finding->kind == FINDING_rename && finding->part == (int)member)
			name = finding->text;
	}
	return name;
}

static void
attach(struct message *message, unsigned member, GBytes *bytes)
{
	const struct part *part = facts_part(message->facts, member);
	bool text = is_plain_text(part, bytes);

	message_edit_body(message, BODY_APPEND, 0, NULL,
	    new_part_new(text ? "text/plain" : "application/octet-stream", text ? "UTF-8" : NULL,
		name_of(message, member), text ? "inline" : "attachment", bytes),
	    "TNEF");
}

struct taken {
	GString *names;
	bool all; /* nothing is missing */
};

/* Attaches what was had of container n. */
static struct taken
attach_all(struct message *message, unsigned n, const struct contents *contents)
{
	const struct part *container = facts_part(message->facts, n);
	struct taken taken = { .names = g_string_new(NULL),
		.all = !part_has(container, PART_FACT_not_unpacked) &&
		       !part_has(container, PART_FACT_truncated) };

	for (unsigned i = 0; i < contents->count; i++) {
		unsigned member = contents->parts[i];
		const struct part *part = facts_part(message->facts, member);
		GBytes *bytes = part->parent == (int)n ? contents_bytes(contents, i) : NULL;

		if (part->parent != (int)n)
			continue;
		if (bytes == NULL || part_has(part, PART_FACT_empty_placeholder)) {
			taken.all = false;
			g_clear_pointer(&bytes, g_bytes_unref);
			continue;
		}
		attach(message, member, bytes);
		g_string_append_printf(taken.names, "%s%s", taken.names->len > 0 ? ", " : "",
		    name_of(message, member));
	}
	return taken;
}

static void
use(struct message *message, unsigned n, const struct contents *contents)
{
	struct taken taken = attach_all(message, n, contents);
	bool replace = use_tnef_contents_for(message->subject) == WORD_replace;

	if (taken.names->len > 0)
		lines_tnef_added(message_id(message), taken.names->str);
	if (taken.names->len > 0 && taken.all && replace && !message_part_goes(message, n)) {
		message_edit_body(message, BODY_REMOVE, n, NULL, NULL, "TNEF");
		lines_tnef_removed(message_id(message), facts_part(message->facts, n)->name);
	}
	g_string_free(taken.names, TRUE);
}

bool
winmail_unpack(struct message *message, struct reader *reader, GError **error)
{
	const struct facts *facts = message->facts;

	if (facts == NULL || use_tnef_contents_for(message->subject) == WORD_no)
		return true;
	unsigned count = facts->parts->len;
	g_autofree bool *usable = g_new0(bool, count), *wanted = g_new0(bool, count);
	bool texts = !has_text(facts);
	struct contents contents;

	for (unsigned n = 0; n < count; n++) {
		int parent = facts_part(facts, n)->parent;

		usable[n] = is_usable(message, n);
		wanted[n] = parent >= 0 && usable[parent] && is_wanted(message, n, texts);
	}
	bool done = contents_fetch(&contents, message, reader, CONTENT_DECODED, wanted, error);
	for (unsigned n = 0; done && n < count; n++) {
		if (usable[n])
			use(message, n, &contents);
	}
	contents_clear(&contents);
	return done;
}
