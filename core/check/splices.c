/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The list is sorted once a check and part, so that twenty thousand edits cost no square of that. Edits that an earlier check planned for the
 * part are taken back, merged and planned again.
 */
#include "core/check/splices.h"

#include <string.h>

/* A splice with where it comes from, for the merge. */
struct planned {
	size_t start, end;
	char *text;
	const char *stage;
	bool cosmetic;
	unsigned order;
};

static void
splice_clear(void *data)
{
	struct splice *splice = data;

	g_free(splice->text);
}

static void
planned_clear(void *data)
{
	struct planned *planned = data;

	g_free(planned->text);
}

GArray *
splices_new(void)
{
	GArray *splices = g_array_new(FALSE, FALSE, sizeof(struct splice));

	g_array_set_clear_func(splices, splice_clear);
	return splices;
}

void
splices_add(GArray *splices, size_t start, size_t end, const char *text)
{
	struct splice splice = { .start = start, .end = end, .text = g_strdup(text) };

	g_array_append_val(splices, splice);
}

/* By position; at the same one insertions first, of replacements the longest first, else as planned. */
static int
compare(const void *a, const void *b)
{
	const struct planned *first = a, *second = b;
	bool first_inserts = first->start == first->end;
	bool second_inserts = second->start == second->end;

	if (first->start != second->start)
		return first->start < second->start ? -1 : 1;
	if (first_inserts != second_inserts)
		return first_inserts ? -1 : 1;
	if (first->end != second->end)
		return first->end > second->end ? -1 : 1;
	return first->order < second->order ? -1 : first->order > second->order;
}

static bool
is_of(const struct body_edit *edit, unsigned part)
{
	return edit->kind == BODY_SPLICE && edit->part == part;
}

/* Takes the edits that are planned for the part back. */
static void
take_back(struct message *message, unsigned part, GArray *all)
{
	GPtrArray *edits = message->body_edits;
	unsigned kept = 0;

	for (unsigned i = 0; i < edits->len; i++) {
		struct body_edit *edit = g_ptr_array_index(edits, i);

		if (is_of(edit, part)) {
			struct planned planned = { edit->start, edit->end,
				g_steal_pointer(&edit->text), edit->stage, edit->cosmetic,
				all->len };
			g_array_append_val(all, planned);
			continue;
		}
		/* Swapped, not copied: what the list frees stays in it once. */
		edits->pdata[i] = edits->pdata[kept];
		edits->pdata[kept++] = edit;
	}
	g_ptr_array_set_size(edits, (int)kept);
}

/* Lets `outer` speak for `planned`, which begins inside it; false where it doesn't. */
static bool
absorb(struct planned *outer, struct planned *planned)
{
	if (outer == NULL || planned->start >= outer->end)
		return false;
	if (planned->end <= outer->end)
		return true;
	char *both = g_strconcat(outer->text, planned->text, NULL);

	g_free(outer->text);
	outer->text = both;
	outer->end = planned->end;
	return true;
}

static void
plan(struct message *message, unsigned part, const struct planned *planned)
{
	struct body_edit *edit =
	    message_edit_body(message, BODY_SPLICE, part, planned->text, NULL, planned->stage);

	edit->start = planned->start;
	edit->end = planned->end;
	edit->cosmetic = planned->cosmetic;
}

void
splices_plan(struct message *message, unsigned part, GArray *splices, const char *stage)
{
	g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(struct planned));
	struct planned *outer = NULL;

	g_array_set_clear_func(all, planned_clear);
	if (splices->len == 0)
		return;
	take_back(message, part, all);
	for (unsigned i = 0; i < splices->len; i++) {
		struct splice *splice = &g_array_index(splices, struct splice, i);
		struct planned planned = { splice->start, splice->end,
			g_steal_pointer(&splice->text), stage, false, all->len };

		g_array_append_val(all, planned);
	}
	g_array_set_size(splices, 0);
	g_array_sort(all, compare);
	for (unsigned i = 0; i < all->len; i++) {
		struct planned *planned = &g_array_index(all, struct planned, i);

		if (absorb(outer, planned)) {
			planned->stage = NULL;
			continue;
		}
		if (planned->start != planned->end)
			outer = planned;
	}
	for (unsigned i = 0; i < all->len; i++) {
		const struct planned *planned = &g_array_index(all, struct planned, i);

		if (planned->stage != NULL)
			plan(message, part, planned);
	}
}
