/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Part after part, parents before children: what changes in its header, in its content, beside its children, and around it. Each is a
 * change of some range of the body; nothing is built anew, so what nobody mentions is not even looked at.
 */
#include "core/act/rewrite.h"

#include <errno.h>
#include <string.h>

#include "core/act/bodychange.h"
#include "core/act/broken.h"
#include "core/act/leftout.h"
#include "core/act/partedit.h"
#include "core/act/partplan.h"
#include "core/act/seal.h"
#include "rules/directives.h"
#include "spool/error.h"

struct rewrite {
	struct bodychange *body;
	GPtrArray *left_out, *broken;
};

static bool
is_touched(const struct build *build, unsigned n)
{
	const struct part_plan *plan = &build->plans->parts[n];

	if (!part_plan_is_empty(plan))
		return true;
	for (unsigned child = plan->first; child != 0; child = build->plans->parts[child].next) {
		if (build->plans->parts[child].removed)
			return true;
	}
	return false;
}

/* Plans all changes anew. */
static bool
build_all(struct build *build, bool cosmetic, GPtrArray *left, GError **error)
{
	bodychange_reset(build->body);
	part_plans_free(build->plans);
	mimefields_free(build->root);
	build->root = mimefields_of_message(build->message->entry->headers);
	build->plans = part_plans_new(build->message, build->body, cosmetic, left, error);
	if (build->plans == NULL)
		return false;
	for (unsigned n = 0; n < build->plans->count; n++) {
		if (is_touched(build, n))
			partedit_build(build, n);
	}
	return bodychange_settle(build->body, error);
}

static void
plan_header(struct build *build)
{
	struct message *message = build->message;
	const struct mimefields *root = build->root;

	if (build->plans->parts[0].mended)
		message_edit_header(message, EDIT_MEND, "Content-", NULL, HEADER_BOTTOM);
	for (unsigned i = 0; i < root->list->len; i++) {
		const struct mimefield *field = g_ptr_array_index(root->list, i);

		if (field->state == FIELD_CHANGED || field->state == FIELD_ADDED)
			message_edit_header(
			    message, EDIT_HEADER_REPLACE, field->name, field->value, HEADER_BOTTOM);
		else if (field->state == FIELD_REMOVED && mimefields_get(root, field->name) == NULL)
			message_edit_header(
			    message, EDIT_HEADER_REMOVE, field->name, NULL, HEADER_BOTTOM);
	}
	/* Some programs cut a message off there. */
	if (!bodychange_is_empty(build->body) &&
	    header_list_find(message->entry->headers, "Content-Length") != NULL)
		message_edit_header(
		    message, EDIT_HEADER_REMOVE, "Content-Length", NULL, HEADER_BOTTOM);
}

/* ---- signatures ---- */

static bool
has_edits(const struct message *message, bool cosmetic)
{
	for (unsigned i = 0; i < message->body_edits->len; i++) {
		const struct body_edit *edit = g_ptr_array_index(message->body_edits, i);

		if (edit->cosmetic == cosmetic)
			return true;
	}
	return false;
}

/* Would what is planned now break a DKIM signature? */
static bool
breaks_signature(const struct build *build)
{
	struct seal_dkim dkim = seal_dkim_of(build->message->entry->headers);

	if (!dkim.signed_body)
		return false;
	if (mimefields_changed(build->root) && dkim.content_type)
		return true;
	return !bodychange_is_empty(build->body) &&
	       seal_dkim_breaks(
		   &dkim, bodychange_bytes(build->body), bodychange_first(build->body));
}

static bool
build_kindly(struct build *build, GPtrArray *left, GError **error)
{
	bool keeps =
	    keep_signatures_for(build->message->subject) && has_edits(build->message, true);

	if (!build_all(build, true, left, error))
		return false;
	if (!keeps || !breaks_signature(build))
		return true;
	g_autoptr(GPtrArray) none = left_out_new();
	if (!build_all(build, false, none, error))
		return false;
	/* It breaks anyway: then nothing is gained by leaving the rest out. */
	if (breaks_signature(build)) {
		g_ptr_array_set_size(left, 0);
		return build_all(build, true, left, error);
	}
	left_out_add(left, NULL,
	    g_strdup("cosmetic changes would break the sender's DKIM signature, and Keep "
		     "Signatures is yes"));
	return true;
}

bool
rewrite_plan(struct message *message, struct rewrite **plan, GError **error)
{
	struct build build = { .message = message, .facts = message->facts };
	g_autoptr(GPtrArray) left = left_out_new();

	*plan = NULL;
	errno = 0;
	if (build.facts == NULL)
		return spool_fail(
		    error, SPOOL_ERROR_CORRUPT, "it was not read, so it can't be changed");
	build.body = bodychange_new(message->entry, error);
	if (build.body == NULL)
		return false;
	bool done = build_kindly(&build, left, error);

	if (done) {
		bool dkim = has_edits(message, false) && breaks_signature(&build);
		GPtrArray *broken = broken_signatures(&build, dkim);

		plan_header(&build);
		*plan = g_new0(struct rewrite, 1);
		(*plan)->body = g_steal_pointer(&build.body);
		(*plan)->left_out = g_steal_pointer(&left);
		(*plan)->broken = broken;
	}
	part_plans_free(build.plans);
	mimefields_free(build.root);
	bodychange_free(build.body);
	return done;
}

void
rewrite_free(struct rewrite *rewrite)
{
	if (rewrite == NULL)
		return;
	bodychange_free(rewrite->body);
	g_ptr_array_unref(rewrite->left_out);
	g_ptr_array_unref(rewrite->broken);
	g_free(rewrite);
}

bool
rewrite_is_empty(const struct rewrite *rewrite)
{
	return bodychange_is_empty(rewrite->body);
}

const GPtrArray *
rewrite_left_out(const struct rewrite *rewrite)
{
	return rewrite->left_out;
}

const GPtrArray *
rewrite_broken(const struct rewrite *rewrite)
{
	return rewrite->broken;
}

bool
rewrite_give(const void *rewrite, spool_take take, void *data, GError **error)
{
	const struct rewrite *own = rewrite;

	return bodychange_give(own->body, take, data, error);
}

GBytes *
rewrite_tail(const struct rewrite *rewrite, uint64_t *offset)
{
	*offset = bodychange_first(rewrite->body);
	return bodychange_tail(rewrite->body, REWRITE_TAIL_MAX);
}
