/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A signature breaks when something in the signed part changes: in a multipart/signed, in a text between the marks of OpenPGP. What is
 * signed as one opaque piece can't be changed inside: it goes as a whole, and its signature with it.
 */
#include "core/act/broken.h"

#include <string.h>

#include "core/act/seal.h"

char *
broken_by(const struct message *message)
{
	GString *stages = g_string_new(NULL);
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

	for (unsigned i = 0; i < message->body_edits->len; i++) {
		const struct body_edit *edit = g_ptr_array_index(message->body_edits, i);

		if (!edit->cosmetic && g_hash_table_add(seen, (char *)edit->stage))
			g_string_append_printf(
			    stages, "%s%s", stages->len > 0 ? ", " : "", edit->stage);
	}
	return g_string_free(stages, FALSE);
}

/* Parts for which an edit for safety is planned, and that still stand where they are. */
static bool *
changed_parts(const struct build *build)
{
	const struct message *message = build->message;
	bool *changed = g_new0(bool, build->plans->count);

	for (unsigned i = 0; i < message->body_edits->len; i++) {
		const struct body_edit *edit = g_ptr_array_index(message->body_edits, i);

		if (!edit->cosmetic)
			changed[edit->part] = true;
	}
	return changed;
}

static bool
stands(const struct part_plan *plan)
{
	return plan->ranged && !plan->gone && !plan->removed && plan->replacement == NULL;
}

/* The nearest multipart/signed around a part; -1 for none. */
static int
signed_around(const struct facts *facts, unsigned n)
{
	int at = facts_part(facts, n)->parent;

	while (at >= 0 && strcmp(facts_part(facts, (unsigned)at)->type, "multipart/signed") != 0) {
		int parent = facts_part(facts, (unsigned)at)->parent;

		at = parent < at ? parent : -1;
	}
	return at;
}

static void
add(GPtrArray *broken, unsigned part, const char *why)
{
	g_autofree char *text = g_strdup_printf("part %u: %s", part, why);

	if (!g_ptr_array_find_with_equal_func(broken, text, g_str_equal, NULL))
		g_ptr_array_add(broken, g_steal_pointer(&text));
}

/* Is it signed, and nothing is left of it? What is signed within it goes with it. */
static bool
is_lost(const struct build *build, unsigned n)
{
	const struct part *part = facts_part(build->facts, n);
	const struct part_plan *plan = &build->plans->parts[n];

	return part_has(part, PART_FACT_mime_signed) && part->kind != PART_MEMBER &&
	       part->reading == 0 && signed_around(build->facts, n) < 0 &&
	       (plan->gone || plan->removed || plan->replacement != NULL);
}

GPtrArray *
broken_signatures(const struct build *build, bool dkim)
{
	const struct facts *facts = build->facts;
	GPtrArray *broken = g_ptr_array_new_with_free_func(g_free);
	g_autofree bool *changed = changed_parts(build);

	if (dkim) {
		g_autofree char *domains = seal_dkim_domains(build->message->entry->headers);

		g_ptr_array_add(broken, g_strdup_printf("DKIM of %s", domains));
	}
	for (unsigned n = 0; n < build->plans->count; n++) {
		int around = changed[n] ? signed_around(facts, n) : -1;

		if (around >= 0 && stands(&build->plans->parts[around]))
			add(broken, (unsigned)around, seal_of_part(facts, (unsigned)around));
		if (changed[n] && stands(&build->plans->parts[n]) &&
		    part_is_sealed_text(build->plans, n))
			add(broken, n, "its text is signed (OpenPGP)");
		if (is_lost(build, n))
			add(broken, n, "it was signed, and is gone");
	}
	return broken;
}
