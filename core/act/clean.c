/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One replacement a part, with all that was found in it: leaf first, then members in the order of their archives. A finding about
 * the whole message, or about a part that only other readings of it have, replaces everything.
 */
#include "core/act/clean.h"

#include <string.h>

#include "core/act/report.h"
#include "core/act/textpart.h"
#include "core/act/verdict.h"
#include "rules/directives.h"
#include "rules/language.h"

/* The MIME part that is replaced because of this finding; 0 is the whole message. */
static unsigned
place_of(const struct message *message, const struct finding *finding)
{
	if (finding->part == FINDING_WHOLE || message->facts == NULL)
		return 0;
	const struct part *part = facts_part(message->facts, (unsigned)finding->part);

	return part->reading != 0 ? 0 : facts_mime_part(message->facts, (unsigned)finding->part);
}

struct replacement {
	unsigned part;
	GPtrArray *findings; /* of const struct finding *, borrowed */
};

static void
add_line(GString *text, GHashTable *seen, const char *prefix, const char *report)
{
	g_auto(GStrv) lines = g_strsplit(report, "\n", -1);

	for (char **line = lines; *line != NULL; line++) {
		if (**line != '\0' && g_hash_table_add(seen, g_strdup(*line)))
			g_string_append_printf(text, "%s%s\n", prefix, *line);
	}
}

static char *
report_of(const struct message *message, const GPtrArray *findings, const char *prefix)
{
	GString *text = g_string_new(NULL);
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (unsigned i = 0; i < findings->len; i++) {
		const struct finding *finding = g_ptr_array_index(findings, i);
		g_autofree char *report = verdict_report(message, finding);

		if (verdict_counts(finding))
			add_line(text, seen, prefix, report);
	}
	return g_string_free(text, FALSE);
}

static char *
names_of(const struct message *message, const GPtrArray *findings)
{
	GString *text = g_string_new(NULL);
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

	for (unsigned i = 0; i < findings->len; i++) {
		const struct finding *finding = g_ptr_array_index(findings, i);
		const char *name = verdict_file_name(message, finding);

		if (verdict_counts(finding) && g_hash_table_add(seen, (char *)name))
			g_string_append_printf(text, "%s%s", text->len > 0 ? ", " : "", name);
	}
	return g_string_free(text, FALSE);
}

char *
clean_file_names(const struct message *message)
{
	return names_of(message, message->findings);
}

char *
clean_report(const struct message *message, const char *prefix)
{
	return report_of(message, message->findings, prefix);
}

/* Has a copy of what was found been kept? */
static bool
was_stored(const struct message *message, const struct replacement *replacement)
{
	for (unsigned i = 0; i < message->findings->len; i++) {
		const struct finding *copy = g_ptr_array_index(message->findings, i);

		if (copy->kind != FINDING_copy)
			continue;
		if (copy->part == FINDING_WHOLE || place_of(message, copy) == replacement->part)
			return true;
	}
	return false;
}

/* Letters of the findings, each once. */
static char *
letters_of(const GPtrArray *findings)
{
	GString *letters = g_string_new(NULL);

	for (unsigned i = 0; i < findings->len; i++) {
		const struct finding *finding = g_ptr_array_index(findings, i);
		char letter = finding_letter(finding->kind);

		if (letter != ' ' && strchr(letters->str, letter) == NULL)
			g_string_append_c(letters, letter);
	}
	return g_string_free(letters, FALSE);
}

static enum report_text
template_for(const char *letters, bool stored)
{
	if (strchr(letters, 'v') != NULL)
		return stored ? REPORT_stored_virus : REPORT_deleted_virus;
	if (strchr(letters, 'f') != NULL)
		return stored ? REPORT_stored_filename : REPORT_deleted_filename;
	if (strchr(letters, 's') != NULL && strpbrk(letters, "ced") == NULL)
		return stored ? REPORT_stored_size : REPORT_deleted_size;
	return stored ? REPORT_stored_content : REPORT_deleted_content;
}

static void
plan(struct message *message, const struct replacement *replacement)
{
	struct subject *subject = message->subject;
	g_autofree char *letters = letters_of(replacement->findings);
	g_autofree char *report = report_of(message, replacement->findings, "   ");
	g_autofree char *files = names_of(message, replacement->findings);
	const struct report_about about = { .files = files, .report = report, .type = letters };
	char *text =
	    report_fill(message, template_for(letters, was_stored(message, replacement)), &about);
	bool attached = replacement->part != 0 && warning_is_attachment_for(subject);
	struct new_part *content =
	    new_part_new("text/plain", "UTF-8", attachment_warning_filename_for(subject),
		attached ? "attachment" : "inline", g_bytes_new_take(text, strlen(text)));

	message_edit_body(message, BODY_REPLACE, replacement->part, NULL, content, "cleaning");
}

static struct replacement *
replacement_for(GPtrArray *all, unsigned part)
{
	for (unsigned i = 0; i < all->len; i++) {
		struct replacement *replacement = g_ptr_array_index(all, i);

		if (replacement->part == part)
			return replacement;
	}
	struct replacement *replacement = g_new0(struct replacement, 1);

	replacement->part = part;
	replacement->findings = g_ptr_array_new();
	g_ptr_array_add(all, replacement);
	return replacement;
}

static void
replacement_free(void *data)
{
	struct replacement *replacement = data;

	g_ptr_array_unref(replacement->findings);
	g_free(replacement);
}

void
clean_replace(struct message *message)
{
	g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(replacement_free);
	bool whole = false;

	for (unsigned i = 0; i < message->findings->len; i++) {
		const struct finding *finding = g_ptr_array_index(message->findings, i);

		if (verdict_counts(finding))
			whole |= place_of(message, finding) == 0;
	}
	for (unsigned i = 0; i < message->findings->len; i++) {
		struct finding *finding = g_ptr_array_index(message->findings, i);

		if (!verdict_counts(finding))
			continue;
		unsigned part = whole ? 0 : place_of(message, finding);
		g_ptr_array_add(replacement_for(all, part)->findings, finding);
	}
	for (unsigned i = 0; i < all->len; i++)
		plan(message, g_ptr_array_index(all, i));
}

void
clean_mark(struct message *message)
{
	if (!mark_infected_messages_for(message->subject))
		return;
	g_autoptr(GArray) parts = textpart_list(message, TEXTPART_FIRST, NULL);
	g_autofree char *files = clean_file_names(message);

	for (unsigned i = 0; i < parts->len; i++) {
		unsigned part = g_array_index(parts, unsigned, i);
		bool html = textpart_is_html(message, part);
		const struct report_about about = { .files = files, .html = html };
		g_autofree char *text =
		    report_fill(message, html ? REPORT_warning_html : REPORT_warning_text, &about);
		g_autofree char *lines = g_strconcat(text, html ? "" : "\n", NULL);

		textpart_insert_top(message, part, lines, false, "warning");
	}
}
