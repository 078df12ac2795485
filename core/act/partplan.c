/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Facts come from the reader, which nobody trusts further than needed: each range is looked at before it is used, and a part whose range is
 * odd counts as one that can't be reached. What must be done to such a part is done to the nearest one around it.
 */
#include "core/act/partplan.h"

#include <errno.h>
#include <string.h>

#include "core/act/leftout.h"
#include "core/act/partplace.h"
#include "core/act/seal.h"
#include "core/act/transfer.h"
#include "spool/error.h"

static const char notice_text[] =
    "A part of this message had to be changed before it could be delivered, and it is written in\n"
    "a way that does not allow this. It was taken out.\n";

static bool
is_ranged(const struct facts *facts, unsigned n, uint64_t end)
{
	const struct part *part = facts_part(facts, n);

	if (n == 0)
		return true;
	if (part->kind == PART_MEMBER || part->reading != 0 || part->body_end == 0 ||
	    part->parent < 0 || part->parent >= (int)n)
		return false;
	const struct part *parent = facts_part(facts, (unsigned)part->parent);
	uint64_t from = part->parent == 0 ? facts->body_start : parent->body_start;
	uint64_t to = part->parent == 0 ? end : parent->body_end;

	return part->header_start >= from && part->header_start <= part->header_end &&
	       part->header_end <= part->body_start && part->body_start <= part->body_end &&
	       part->body_end <= to;
}

/* Children are as good as the worst of them: if one's place is odd, nothing is known about what lies between them. */
static void
check_children(struct part_plans *plans, unsigned parent)
{
	uint64_t at = 0;
	bool sound = plans->parts[parent].ranged;

	for (unsigned n = plans->parts[parent].first; n != 0; n = plans->parts[n].next) {
		const struct part *part = facts_part(plans->facts, n);

		sound = sound && plans->parts[n].ranged && part->header_start >= at;
		at = part->body_end;
	}
	for (unsigned n = plans->parts[parent].first; n != 0 && !sound; n = plans->parts[n].next)
		plans->parts[n].ranged = false;
}

static void
leave(GPtrArray *left, const struct body_edit *edit, const char *why)
{
	left_out_add(left, edit,
	    g_strdup_printf("%s: left part %u as it is: %s",
		edit->stage != NULL ? edit->stage : "edit", edit->part, why));
}

static void
append(GPtrArray **list, const void *item)
{
	if (*list == NULL)
		*list = g_ptr_array_new();
	g_ptr_array_add(*list, (void *)item);
}

/* Links siblings, from the last to the first. */
static void
link_children(struct part_plans *plans)
{
	for (unsigned n = plans->count; n-- > 1;) {
		const struct part *part = facts_part(plans->facts, n);

		if (part->kind == PART_MEMBER || part->reading != 0 || part->parent < 0 ||
		    part->parent >= (int)n)
			continue;
		struct part_plan *parent = &plans->parts[part->parent];
		plans->parts[n].next = parent->first;
		parent->first = n;
	}
}

bool
part_is_sealed_text(const struct part_plans *plans, unsigned n)
{
	const struct part *part = facts_part(plans->facts, n);

	if (part->kind != PART_LEAF || !plans->parts[n].ranged)
		return false;
	uint64_t offset = plans->facts->body_start;
	uint64_t start = n == 0 ? 0 : part->body_start - offset;
	uint64_t end = part_content_end(plans, n) - offset;

	g_autoptr(GString) text = transfer_decode(transfer_of(part->encoding),
	    bodychange_bytes(plans->body) + start, (size_t)(end - start));

	return seal_in_text(text->str, text->len);
}

/* Why a cosmetic edit gives way, or NULL. */
static const char *
seal_of(const struct part_plans *plans, const struct body_edit *edit)
{
	const char *why = seal_of_part(plans->facts, edit->part);

	if (why == NULL && edit->kind == BODY_SPLICE && part_is_sealed_text(plans, edit->part))
		return "its text is signed or encrypted (OpenPGP)";
	return why;
}

/* Is that a kind of edit that such a part can have? */
static bool
fits(const struct part *part, enum body_edit_kind kind)
{
	switch (kind) {
	case BODY_SPLICE:
		return part->kind == PART_LEAF;
	case BODY_EPILOGUE:
		return part->kind == PART_MULTIPART;
	case BODY_REPLACE:
	case BODY_REMOVE:
	case BODY_RENAME:
	case BODY_CONVERT:
	case BODY_BEFORE:
	case BODY_APPEND:
	case BODY_RELATE:
	case BODY_MEND:
		break;
	}
	return true;
}

static void
replace(struct part_plan *plan, const struct new_part *content)
{
	plan->replacement = content;
	plan->removed = content == NULL;
}

static void
take(struct part_plan *plan, const struct body_edit *edit)
{
	switch (edit->kind) {
	case BODY_SPLICE:
		append(&plan->splices, edit);
		break;
	case BODY_REPLACE:
	case BODY_REMOVE:
		replace(plan, edit->kind == BODY_REPLACE ? edit->content : NULL);
		break;
	case BODY_RENAME:
		plan->renamed = edit->text;
		break;
	case BODY_CONVERT:
		plan->converted = edit->text;
		break;
	case BODY_BEFORE:
		append(&plan->before, edit->content);
		break;
	case BODY_APPEND:
		append(&plan->after, edit->content);
		break;
	case BODY_RELATE:
		append(&plan->related, edit->content);
		break;
	case BODY_EPILOGUE:
		plan->epilogue = edit->text;
		break;
	case BODY_MEND:
		plan->mended = true;
		break;
	}
}

/* The part itself, or the nearest one around it that can be changed. */
static unsigned
reachable(const struct part_plans *plans, unsigned n)
{
	while (!plans->parts[n].ranged) {
		int parent = facts_part(plans->facts, n)->parent;

		n = parent >= 0 && parent < (int)n ? (unsigned)parent : 0;
	}
	return n;
}

static bool
gather(struct part_plans *plans, const struct message *message, bool cosmetic, GPtrArray *left,
    GError **error)
{
	const struct facts *facts = plans->facts;

	for (unsigned i = 0; i < message->body_edits->len; i++) {
		const struct body_edit *edit = g_ptr_array_index(message->body_edits, i);

		errno = 0;
		if (edit->part >= facts->parts->len)
			return spool_fail(error, SPOOL_ERROR_CORRUPT,
			    "%s wants to change part %u, which there is not", edit->stage,
			    edit->part);
		if (edit->cosmetic && !cosmetic)
			continue;
		unsigned n = reachable(plans, edit->part);
		bool direct = n == edit->part && fits(facts_part(facts, n), edit->kind);
		const char *seal = edit->cosmetic && direct ? seal_of(plans, edit) : NULL;

		if ((edit->cosmetic || edit->kind == BODY_MEND) && (!direct || seal != NULL))
			leave(left, edit, direct ? seal : "it can't be reached");
		else if (direct || edit->kind == BODY_REPLACE || edit->kind == BODY_REMOVE)
			take(&plans->parts[n], edit);
		else
			replace(&plans->parts[n], plans->notice);
	}
	return true;
}

/* Pictures join a multipart/related that is there. */
static void
join_related(struct part_plans *plans)
{
	const struct facts *facts = plans->facts;

	for (unsigned n = 1; n < plans->count; n++) {
		struct part_plan *plan = &plans->parts[n];
		int parent = facts_part(facts, n)->parent;
		size_t length;

		if (plan->related == NULL || parent < 0 ||
		    strcmp(facts_part(facts, (unsigned)parent)->type, "multipart/related") != 0 ||
		    part_delimiter(plans, (unsigned)parent, &length) == NULL)
			continue;
		for (unsigned i = 0; i < plan->related->len; i++)
			append(&plans->parts[parent].joined, g_ptr_array_index(plan->related, i));
		g_clear_pointer(&plan->related, g_ptr_array_unref);
	}
}

/* A container of which nothing is left goes, too. */
static void
prune(struct part_plans *plans)
{
	for (unsigned n = plans->count; n-- > 0;) {
		struct part_plan *plan = &plans->parts[n];
		unsigned child = plan->first;
		bool empty = child != 0 && plan->replacement == NULL && plan->before == NULL &&
			     plan->after == NULL && plan->joined == NULL;

		for (; child != 0 && empty; child = plans->parts[child].next)
			empty = plans->parts[child].removed;
		plan->removed |= empty;
		if (n == 0 && plan->removed)
			replace(plan, plans->empty);
	}
}

static void
settle(struct part_plans *plans)
{
	const struct facts *facts = plans->facts;

	for (unsigned n = 1; n < plans->count; n++) {
		struct part_plan *plan = &plans->parts[n];
		int parent = facts_part(facts, n)->parent;
		struct part_plan *around = parent >= 0 ? &plans->parts[parent] : &plans->parts[0];
		const char *type = parent >= 0 ? facts_part(facts, (unsigned)parent)->type : "";

		plan->gone = around->gone || around->removed || around->replacement != NULL ||
			     around->converted != NULL;
		if (!plan->ranged || plan->gone)
			continue;
		if (plan->replacement != NULL && strcmp(type, "multipart/alternative") == 0)
			around->mixed = true;
		/* By its place; a start parameter that says otherwise (RFC 2387) is rare. */
		if ((plan->replacement != NULL || plan->removed) &&
		    strcmp(type, "multipart/related") == 0 && around->first == n)
			around->mixed = true;
	}
}

struct part_plans *
part_plans_new(const struct message *message, const struct bodychange *body, bool cosmetic,
    GPtrArray *left, GError **error)
{
	const struct facts *facts = message->facts;
	uint64_t end = facts->body_start + bodychange_size(body);
	struct part_plans *plans = g_new0(struct part_plans, 1);

	plans->facts = facts;
	plans->body = body;
	plans->count = facts->parts->len;
	plans->parts = g_new0(struct part_plan, plans->count);
	plans->empty = new_part_new("text/plain", "UTF-8", NULL, NULL, g_bytes_new_static("", 0));
	plans->notice = new_part_new("text/plain", "UTF-8", NULL, "inline",
	    g_bytes_new_static(notice_text, strlen(notice_text)));
	for (unsigned n = 0; n < plans->count; n++)
		plans->parts[n].ranged = is_ranged(facts, n, end);
	link_children(plans);
	for (unsigned n = 0; n < plans->count; n++)
		check_children(plans, n);
	if (!gather(plans, message, cosmetic, left, error)) {
		part_plans_free(plans);
		return NULL;
	}
	join_related(plans);
	prune(plans);
	settle(plans);
	return plans;
}

static void
free_list(GPtrArray *list)
{
	if (list != NULL)
		g_ptr_array_unref(list);
}

void
part_plans_free(struct part_plans *plans)
{
	if (plans == NULL)
		return;
	for (unsigned n = 0; n < plans->count; n++) {
		free_list(plans->parts[n].splices);
		free_list(plans->parts[n].before);
		free_list(plans->parts[n].after);
		free_list(plans->parts[n].related);
		free_list(plans->parts[n].joined);
	}
	g_free(plans->parts);
	new_part_free(plans->empty);
	new_part_free(plans->notice);
	g_free(plans);
}

bool
part_plan_is_empty(const struct part_plan *plan)
{
	return !plan->mixed && !plan->mended && plan->replacement == NULL &&
	       plan->converted == NULL && plan->renamed == NULL && plan->epilogue == NULL &&
	       plan->splices == NULL && plan->before == NULL && plan->after == NULL &&
	       plan->related == NULL && plan->joined == NULL;
}
