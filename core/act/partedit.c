/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the inside out: content, header, what is beside and around it. Each step knows only its own ranges; the ranks of these say what comes
 * first where they touch.
 */
#include "core/act/partedit.h"

#include <string.h>

#include "core/act/leaf.h"
#include "core/act/mend.h"
#include "core/act/newpart.h"
#include "core/act/partbeside.h"
#include "core/act/partplace.h"

unsigned
site_rank(const struct site *site, enum rank rank)
{
	return RANKS * site->n + rank;
}

static const char *
line_end_at(const struct build *build, uint64_t start)
{
	const char *bytes = bodychange_bytes(build->body);
	const char *feed =
	    memchr(bytes + start, '\n', (size_t)(bodychange_size(build->body) - start));

	return feed != NULL && feed > bytes && feed[-1] == '\r' ? "\r\n" : "\n";
}

static void
site_init(struct site *site, const struct build *build, unsigned n)
{
	uint64_t offset = build->facts->body_start;
	const struct part *part = facts_part(build->facts, n);
	const struct part *parent =
	    part->parent >= 0 ? facts_part(build->facts, (unsigned)part->parent) : NULL;

	*site = (struct site){ .n = n, .part = part, .plan = &build->plans->parts[n] };
	site->is_message = parent == NULL || parent->kind == PART_MESSAGE;
	site->end = part_content_end(build->plans, n) - offset;
	if (n > 0) {
		site->header_start = part->header_start - offset;
		site->header_end = part->header_end - offset;
		site->start = part->body_start - offset;
	}
	site->open_line =
	    site->header_start > 0 && bodychange_bytes(build->body)[site->header_start - 1] != '\n';
	site->line_end = line_end_at(build, site->header_start);
	site->fields = n == 0 ? build->root
			      : mimefields_read(bodychange_bytes(build->body) + site->header_start,
				    (size_t)(site->header_end - site->header_start));
}

/* ---- content ---- */

static GPtrArray *
boundaries_around(const struct build *build, unsigned n)
{
	GPtrArray *boundaries = g_ptr_array_new();

	for (int at = facts_part(build->facts, n)->parent; at >= 0;) {
		const struct part *part = facts_part(build->facts, (unsigned)at);

		if (part->boundary != NULL && *part->boundary != '\0')
			g_ptr_array_add(boundaries, part->boundary);
		at = part->parent < at ? part->parent : -1;
	}
	return boundaries;
}

void
partedit_end_body(const struct build *build, const struct site *site, GString *text)
{
	if (site->end == bodychange_size(build->body) && text->len > 0 &&
	    text->str[text->len - 1] != '\n')
		g_string_append(text, site->line_end);
}

static void
replace_content(struct build *build, struct site *site, const struct new_part *content)
{
	GString *text = g_string_new(NULL);

	/* A line that is no field would end the header for some programs. */
	mimefields_remove(site->fields, "");
	if (site->is_message)
		mimefields_remove_content(site->fields);
	else
		mimefields_remove_all(site->fields);
	newpart_fields(site->fields, content);
	newpart_body(text, content, site->line_end);
	partedit_end_body(build, site, text);
	bodychange_add(build->body, site->start, site->end, BODY_SIDE_START,
	    site_rank(site, RANK_content), text);
}

/* Is any of these edits more than cosmetic? */
static bool
is_needed(const GPtrArray *edits)
{
	for (unsigned i = 0; i < edits->len; i++) {
		if (!((const struct body_edit *)g_ptr_array_index(edits, i))->cosmetic)
			return true;
	}
	return false;
}

static void
change_content(struct build *build, struct site *site)
{
	static const GPtrArray none;
	g_autoptr(GPtrArray) boundaries = boundaries_around(build, site->n);
	const GPtrArray *splices = site->plan->splices != NULL ? site->plan->splices : &none;
	struct leaf content = { .part = site->part,
		.bytes = bodychange_bytes(build->body) + site->start,
		.size = (size_t)(site->end - site->start),
		.line_end = site->line_end,
		.boundaries = boundaries,
		.fields = site->fields,
		.changes = g_ptr_array_new_with_free_func(leaf_change_free) };

	if (site->plan->converted != NULL)
		leaf_convert(&content, site->plan->converted, splices);
	else if (!leaf_splice(&content, splices) && is_needed(splices))
		replace_content(build, site, build->plans->notice);
	for (unsigned i = 0; i < content.changes->len; i++) {
		struct leaf_change *change = g_ptr_array_index(content.changes, i);

		if (site->start + change->end == site->end && change->end > change->start)
			partedit_end_body(build, site, change->bytes);
		bodychange_add(build->body, site->start + change->start, site->start + change->end,
		    BODY_SIDE_START, site_rank(site, RANK_content),
		    g_steal_pointer(&change->bytes));
	}
	if (content.changes->len > 0)
		mimefields_remove(site->fields, "Content-MD5");
	g_ptr_array_unref(content.changes);
}

/* ---- header ---- */

/* A name for people, without what could end a field. The caller's. */
static char *
safe_name(const char *name)
{
	char *copy = g_utf8_make_valid(name, -1);

	for (char *c = copy; *c != '\0'; c++) {
		if ((unsigned char)*c < ' ' || *c == 0x7f || *c == '/')
			*c = '_';
	}
	return copy;
}

static void
rename_part(struct site *site)
{
	const char *type = mimefields_get(site->fields, "Content-Type");
	const char *disposition = mimefields_get(site->fields, "Content-Disposition");
	g_autofree char *name = safe_name(site->plan->renamed);
	g_autofree char *renamed = mimefield_with_parameter(
	    disposition != NULL ? disposition : "attachment", "filename", name);

	if (type != NULL && mimefield_has_parameter(type, "name")) {
		g_autofree char *value = mimefield_with_parameter(type, "name", name);

		mimefields_set(site->fields, "Content-Type", value);
	}
	mimefields_set(site->fields, "Content-Disposition", renamed);
}

static void
set_type(struct site *site, const char *type)
{
	const char *old = mimefields_get(site->fields, "Content-Type");
	g_autofree char *value = mimefield_with_type(old != NULL ? old : "", type);

	mimefields_set(site->fields, "Content-Type", value);
}

/* The header of a part within the body. `touched`: what is behind it changes, too. */
static void
write_fields(struct build *build, const struct site *site, bool touched)
{
	GString *added = g_string_new(NULL);
	const char *bytes = bodychange_bytes(build->body);
	bool open_line = site->open_line; /* what stands before has no line end */

	for (unsigned i = 0; i < site->fields->list->len; i++) {
		const struct mimefield *field = g_ptr_array_index(site->fields->list, i);
		GString *text = field->state == FIELD_ADDED ? added : g_string_new(NULL);

		if (field->state != FIELD_ADDED)
			open_line = field->state == FIELD_KEPT &&
				    bytes[site->header_start + field->end - 1] != '\n';
		if (field->state == FIELD_ADDED || field->state == FIELD_CHANGED)
			mimefield_append(text, field->name, field->value, site->line_end);
		if (field->state == FIELD_CHANGED ||
		    (field->state == FIELD_REMOVED && field->end > 0))
			bodychange_add(build->body, site->header_start + field->start,
			    site->header_start + field->end, BODY_SIDE_START,
			    site_rank(site, RANK_header), text);
		else if (text != added)
			g_string_free(text, TRUE);
	}
	/* Where no empty line follows, one has to. */
	bool separate =
	    site->header_end == site->start && (touched || mimefields_changed(site->fields));
	if ((separate || added->len > 0) && open_line)
		g_string_prepend(added, site->line_end);
	if (separate)
		g_string_append(added, site->line_end);
	if (added->len > 0)
		bodychange_add(build->body, site->header_end, site->header_end, BODY_SIDE_START,
		    site_rank(site, RANK_header), added);
	else
		g_string_free(added, TRUE);
}

/* ---- the whole ---- */

void
partedit_build(struct build *build, unsigned n)
{
	const struct part_plan *plan = &build->plans->parts[n];
	struct site site;
	bool whole;

	if (!plan->ranged || plan->gone || plan->removed)
		return;
	site_init(&site, build, n);
	whole = plan->replacement != NULL || plan->converted != NULL;
	if (plan->mended && plan->replacement == NULL)
		mend_fields(site.fields, site.part, site.is_message);
	if (plan->replacement != NULL)
		replace_content(build, &site, plan->replacement);
	else if (plan->converted != NULL || plan->splices != NULL)
		change_content(build, &site);
	if (plan->renamed != NULL && plan->replacement == NULL)
		rename_part(&site);
	if (!whole && plan->mixed)
		set_type(&site, "multipart/mixed");
	if (!whole && site.part->kind == PART_MULTIPART)
		partbeside_remove_children(build, &site);
	if (!whole && plan->epilogue != NULL)
		partbeside_replace_epilogue(build, &site);
	partbeside_surround(build, &site);
	if (site.is_message && mimefields_changed(site.fields) &&
	    mimefields_get(site.fields, "MIME-Version") == NULL)
		mimefields_set(site.fields, "MIME-Version", "1.0");
	if (n > 0) {
		write_fields(build, &site, whole || plan->splices != NULL);
		mimefields_free(site.fields);
	}
}
