/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Part after part, parents before children: what changes in its header, in its content, beside its children, and around it. Each is a
 * change of some range of the body; nothing is built anew, so what nobody mentions is not even looked at.
 */
#include "core/act/rewrite.h"

#include <errno.h>
#include <string.h>

#include "core/act/bodychange.h"
#include "core/act/charset.h"
#include "core/act/leaf.h"
#include "core/act/mimefield.h"
#include "core/act/newpart.h"
#include "core/act/partplan.h"
#include "core/act/seal.h"
#include "rules/directives.h"
#include "spool/error.h"

struct rewrite {
	struct bodychange *body;
	GPtrArray *dropped;
};

/* The work on one message. */
struct build {
	struct message *message;
	const struct facts *facts;
	struct bodychange *body;
	struct part_plans *plans;
	struct mimefields *root; /* what becomes of the message's own header */
};

/* The work on one part. Places count in the body. */
struct site {
	unsigned n;
	const struct part *part;
	const struct part_plan *plan;
	struct mimefields *fields;
	uint64_t header_start, header_end, start, end;
	const char *line_end;
	bool is_message; /* its header is that of a message */
	bool open_line;	 /* the line before its header has no end */
};

/*
 * What stands at one place, from the outside in: changes of a part around those of the parts in it; and of one part, what is put before it, its
 * header, what is put before its content, its content.
 */
enum rank { RANK_before, RANK_header, RANK_opening, RANK_content, RANKS };

static unsigned
rank_of(const struct site *site, enum rank rank)
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

/* A boundary that stands nowhere in the body. The caller's. */
static char *
make_boundary(const struct build *build)
{
	char *boundary;

	do {
		boundary = g_strdup_printf("=_ms-%08x%08x%08x%08x", g_random_int(), g_random_int(),
		    g_random_int(), g_random_int());
		if (memmem(bodychange_bytes(build->body), bodychange_size(build->body), boundary,
			strlen(boundary)) == NULL)
			break;
		g_free(boundary);
	} while (true);
	return boundary;
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

/* A body that ends with the file ends its last line. */
static void
end_body(const struct build *build, const struct site *site, GString *text)
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
	end_body(build, site, text);
	bodychange_add(build->body, site->start, site->end, BODY_SIDE_START,
	    rank_of(site, RANK_content), text);
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
			end_body(build, site, change->bytes);
		bodychange_add(build->body, site->start + change->start, site->start + change->end,
		    BODY_SIDE_START, rank_of(site, RANK_content), g_steal_pointer(&change->bytes));
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
			    rank_of(site, RANK_header), text);
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
		    rank_of(site, RANK_header), added);
	else
		g_string_free(added, TRUE);
}

/* ---- beside children ---- */

static void
insert_before(struct build *build, const struct site *site, const GPtrArray *parts,
    const char *delimiter, size_t length)
{
	unsigned child = site->plan->first;
	uint64_t place = facts_part(build->facts, child)->header_start - build->facts->body_start;
	GString *text = g_string_new(NULL);

	for (unsigned i = 0; i < parts->len; i++) {
		newpart_write(text, g_ptr_array_index(parts, i), site->line_end);
		g_string_append(text, site->line_end);
		g_string_append_len(text, delimiter, (gssize)length);
	}
	bodychange_add(
	    build->body, place, place, BODY_SIDE_START, rank_of(site, RANK_content), text);
}

static uint64_t
end_of_children(const struct build *build, const struct site *site)
{
	unsigned last = site->plan->first;

	while (build->plans->parts[last].next != 0)
		last = build->plans->parts[last].next;
	return part_content_end(build->plans, last) - build->facts->body_start;
}

static void
append_parts(GString *text, const struct site *site, const GPtrArray *parts, const char *delimiter,
    size_t length)
{
	for (unsigned i = 0; parts != NULL && i < parts->len; i++) {
		g_string_append(text, site->line_end);
		g_string_append_len(text, delimiter, (gssize)length);
		newpart_write(text, g_ptr_array_index(parts, i), site->line_end);
	}
}

static void
insert_behind(struct build *build, const struct site *site, const GPtrArray *parts,
    const char *delimiter, size_t length)
{
	uint64_t place = end_of_children(build, site);
	GString *text = g_string_new(NULL);

	append_parts(text, site, parts, delimiter, length);
	if (place == bodychange_size(build->body))
		g_string_append(text, site->line_end);
	bodychange_add(build->body, place, place, BODY_SIDE_END, rank_of(site, RANK_content), text);
}

/* A run of children that go, from `first` to `last`: with the boundary behind them, or with the one before them where none is left behind. */
static void
remove_run(
    struct build *build, const struct site *site, unsigned kept, unsigned first, unsigned last)
{
	const struct part_plans *plans = build->plans;
	uint64_t offset = build->facts->body_start;
	unsigned next = plans->parts[last].next;

	if (next != 0)
		bodychange_add(build->body, facts_part(build->facts, first)->header_start - offset,
		    facts_part(build->facts, next)->header_start - offset, BODY_SIDE_START,
		    rank_of(site, RANK_content), g_string_new(NULL));
	else if (kept != 0)
		bodychange_add(build->body, part_content_end(plans, kept) - offset,
		    part_content_end(plans, last) - offset, BODY_SIDE_END,
		    rank_of(site, RANK_content), g_string_new(NULL));
	else /* All of them, and others come in their place: one that is empty stays. */
		bodychange_add(build->body, facts_part(build->facts, first)->header_start - offset,
		    part_content_end(plans, last) - offset, BODY_SIDE_START,
		    rank_of(site, RANK_content), g_string_new("\n"));
}

static void
remove_children(struct build *build, const struct site *site)
{
	const struct part_plans *plans = build->plans;
	unsigned kept = 0;

	for (unsigned n = site->plan->first; n != 0; n = plans->parts[n].next) {
		unsigned last = n;

		if (!plans->parts[n].removed || !plans->parts[n].ranged) {
			kept = n;
			continue;
		}
		while (plans->parts[last].next != 0 &&
		       plans->parts[plans->parts[last].next].removed &&
		       plans->parts[plans->parts[last].next].ranged)
			last = plans->parts[last].next;
		remove_run(build, site, kept, n, last);
		n = last;
	}
}

/* Behind the line of the last boundary; 0: there is none. */
static uint64_t
epilogue_start(const struct build *build, const struct site *site)
{
	g_autofree char *closing = g_strdup_printf("--%s--", site->part->boundary);
	const char *bytes = bodychange_bytes(build->body);
	unsigned first = site->plan->first;
	bool has_children = first != 0 && build->plans->parts[first].ranged;
	uint64_t from = has_children ? end_of_children(build, site) : site->start;
	const char *found =
	    memmem(bytes + from, (size_t)(site->end - from), closing, strlen(closing));
	const char *end = bytes + site->end;

	if (found == NULL)
		return 0;
	const char *feed = memchr(found, '\n', (size_t)(end - found));
	return feed != NULL ? (uint64_t)(feed - bytes) + 1 : site->end;
}

static void
replace_epilogue(struct build *build, const struct site *site)
{
	uint64_t start = site->part->boundary != NULL ? epilogue_start(build, site) : 0;
	g_autofree char *letters = charset_letters(site->plan->epilogue);
	GString *text = g_string_new(NULL);

	if (start == 0)
		start = site->end;
	if (start > site->start && bodychange_bytes(build->body)[start - 1] != '\n')
		g_string_append(text, site->line_end);
	newpart_encode(text, TRANSFER_IDENTITY, true, letters, strlen(letters), site->line_end);
	end_body(build, site, text);
	bodychange_add(
	    build->body, start, site->end, BODY_SIDE_END, rank_of(site, RANK_content), text);
}

/* ---- around the part ---- */

struct layer {
	const char *subtype;
	char *boundary;
	const GPtrArray *before, *after; /* NULL: none */
};

#define LAYERS_MAX 2

static char *
layer_type(const struct layer *layer, const struct site *site)
{
	bool related = strcmp(layer->subtype, "related") == 0;
	const char *type =
	    site->plan->replacement != NULL ? site->plan->replacement->type : site->part->type;

	return g_strdup_printf("multipart/%s; boundary=\"%s\"%s%s%s", layer->subtype,
	    layer->boundary, related ? "; type=\"" : "", related ? type : "", related ? "\"" : "");
}

/* What a container of 8-bit text has to say (RFC 2045 section 6.4); NULL: nothing. */
static const char *
layer_encoding(const struct site *site)
{
	const char *encoding = mimefields_get(site->fields, "Content-Transfer-Encoding");

	if (encoding == NULL)
		return NULL;
	return g_ascii_strcasecmp(encoding, "8bit") == 0     ? "8bit"
	       : g_ascii_strcasecmp(encoding, "binary") == 0 ? "binary"
							     : NULL;
}

static void
open_layer(GString *text, const struct layer *layer, const struct site *site)
{
	for (unsigned i = 0; layer->before != NULL && i < layer->before->len; i++) {
		g_string_append_printf(text, "--%s%s", layer->boundary, site->line_end);
		newpart_write(text, g_ptr_array_index(layer->before, i), site->line_end);
		g_string_append(text, site->line_end);
	}
	g_string_append_printf(text, "--%s%s", layer->boundary, site->line_end);
}

static void
append_layer_fields(GString *text, const struct layer *layer, const struct site *site)
{
	g_autofree char *type = layer_type(layer, site);
	const char *encoding = layer_encoding(site);

	mimefield_append(text, "Content-Type", type, site->line_end);
	if (encoding != NULL)
		mimefield_append(text, "Content-Transfer-Encoding", encoding, site->line_end);
	g_string_append(text, site->line_end);
}

/* The outermost layer's fields take the place of the message's, and these go inside. */
static void
move_fields(struct site *site, const struct layer *layer, GString *text)
{
	g_autofree char *type = layer_type(layer, site);
	g_autofree char *encoding = g_strdup(layer_encoding(site));

	mimefields_remove(site->fields, "");
	mimefields_append_content(text, site->fields, site->line_end);
	g_string_append(text, site->line_end);
	mimefields_remove_content(site->fields);
	mimefields_set(site->fields, "Content-Type", type);
	if (encoding != NULL)
		mimefields_set(site->fields, "Content-Transfer-Encoding", encoding);
}

static void
wrap(struct build *build, struct site *site, const struct layer *layers, unsigned count)
{
	GString *prefix = g_string_new(NULL), *suffix = g_string_new(NULL);

	if (site->open_line && !site->is_message) {
		g_string_append(prefix, site->line_end);
		site->open_line = false;
	}
	for (unsigned i = 0; i < count; i++) {
		if (i > 0 || !site->is_message)
			append_layer_fields(prefix, &layers[i], site);
		open_layer(prefix, &layers[i], site);
	}
	/* What it is by default depends on where it lies (RFC 2046 section 5.1.5). */
	if (!site->is_message && mimefields_get(site->fields, "Content-Type") == NULL &&
	    strcmp(site->part->type, "text/plain") != 0)
		mimefields_set(site->fields, "Content-Type", site->part->type);
	if (site->is_message)
		move_fields(site, &layers[0], prefix);
	for (unsigned i = count; i-- > 0;) {
		g_autofree char *line =
		    g_strdup_printf("--%s%s", layers[i].boundary, site->line_end);

		append_parts(suffix, site, layers[i].after, line, strlen(line));
		g_string_append_printf(
		    suffix, "%s--%s--%s", site->line_end, layers[i].boundary, site->line_end);
	}
	if (site->is_message)
		bodychange_add(build->body, site->start, site->start, BODY_SIDE_START,
		    rank_of(site, RANK_opening), prefix);
	else
		bodychange_add(build->body, site->header_start, site->header_start, BODY_SIDE_START,
		    rank_of(site, RANK_before), prefix);
	bodychange_add(
	    build->body, site->end, site->end, BODY_SIDE_END, rank_of(site, RANK_before), suffix);
}

static bool
takes_more(
    const struct build *build, const struct site *site, const char **delimiter, size_t *length)
{
	*delimiter = site->plan->replacement == NULL && site->plan->converted == NULL
			 ? part_delimiter(build->plans, site->n, length)
			 : NULL;
	return *delimiter != NULL && strcmp(site->part->type, "multipart/mixed") == 0;
}

static void
surround(struct build *build, struct site *site)
{
	const struct part_plan *plan = site->plan;
	struct layer layers[LAYERS_MAX];
	unsigned count = 0;
	size_t length = 0;
	const char *delimiter;
	bool direct = takes_more(build, site, &delimiter, &length);

	if (plan->joined != NULL && delimiter != NULL)
		insert_behind(build, site, plan->joined, delimiter, length);
	if (direct && plan->before != NULL)
		insert_before(build, site, plan->before, delimiter, length);
	if (direct && plan->after != NULL)
		insert_behind(build, site, plan->after, delimiter, length);
	if (!direct && (plan->before != NULL || plan->after != NULL))
		layers[count++] = (struct layer){ .subtype = "mixed",
			.boundary = make_boundary(build),
			.before = plan->before,
			.after = plan->after };
	if (plan->related != NULL)
		layers[count++] = (struct layer){ .subtype = "related",
			.boundary = make_boundary(build),
			.after = plan->related };
	if (count > 0)
		wrap(build, site, layers, count);
	while (count > 0)
		g_free(layers[--count].boundary);
}

/* ---- the whole ---- */

static void
build_part(struct build *build, unsigned n)
{
	const struct part_plan *plan = &build->plans->parts[n];
	struct site site;
	bool whole;

	if (!plan->ranged || plan->gone || plan->removed)
		return;
	site_init(&site, build, n);
	whole = plan->replacement != NULL || plan->converted != NULL;
	if (plan->replacement != NULL)
		replace_content(build, &site, plan->replacement);
	else if (plan->converted != NULL || plan->splices != NULL)
		change_content(build, &site);
	if (plan->renamed != NULL && plan->replacement == NULL)
		rename_part(&site);
	if (!whole && plan->mixed)
		set_type(&site, "multipart/mixed");
	if (!whole && site.part->kind == PART_MULTIPART)
		remove_children(build, &site);
	if (!whole && plan->epilogue != NULL)
		replace_epilogue(build, &site);
	surround(build, &site);
	if (site.is_message && mimefields_changed(site.fields) &&
	    mimefields_get(site.fields, "MIME-Version") == NULL)
		mimefields_set(site.fields, "MIME-Version", "1.0");
	if (n > 0) {
		write_fields(build, &site, whole || plan->splices != NULL);
		mimefields_free(site.fields);
	}
}

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
build_all(struct build *build, bool cosmetic, GPtrArray *dropped, GError **error)
{
	bodychange_reset(build->body);
	part_plans_free(build->plans);
	mimefields_free(build->root);
	build->root = mimefields_of_message(build->message->entry->headers);
	build->plans = part_plans_new(build->message, build->body, cosmetic, dropped, error);
	if (build->plans == NULL)
		return false;
	for (unsigned n = 0; n < build->plans->count; n++) {
		if (is_touched(build, n))
			build_part(build, n);
	}
	return bodychange_settle(build->body, error);
}

static void
plan_header(struct build *build)
{
	struct message *message = build->message;
	const struct mimefields *root = build->root;

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
build_kindly(struct build *build, GPtrArray *dropped, GError **error)
{
	bool keeps =
	    keep_signatures_for(build->message->subject) && has_edits(build->message, true);

	if (!build_all(build, true, dropped, error))
		return false;
	if (!keeps || !breaks_signature(build))
		return true;
	g_autoptr(GPtrArray) none = g_ptr_array_new_with_free_func(g_free);
	if (!build_all(build, false, none, error))
		return false;
	/* It breaks anyway: then nothing is gained by leaving the rest out. */
	if (breaks_signature(build)) {
		g_ptr_array_set_size(dropped, 0);
		return build_all(build, true, dropped, error);
	}
	g_ptr_array_add(dropped, g_strdup("cosmetic changes would break the sender's DKIM "
					  "signature, and Keep Signatures is yes"));
	return true;
}

bool
rewrite_plan(struct message *message, struct rewrite **plan, GError **error)
{
	struct build build = { .message = message, .facts = message->facts };
	g_autoptr(GPtrArray) dropped = g_ptr_array_new_with_free_func(g_free);

	*plan = NULL;
	errno = 0;
	if (build.facts == NULL)
		return spool_fail(
		    error, SPOOL_ERROR_CORRUPT, "it was not read, so it can't be changed");
	build.body = bodychange_new(message->entry, error);
	if (build.body == NULL)
		return false;
	bool done = build_kindly(&build, dropped, error);

	if (done) {
		plan_header(&build);
		*plan = g_new0(struct rewrite, 1);
		(*plan)->body = g_steal_pointer(&build.body);
		(*plan)->dropped = g_steal_pointer(&dropped);
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
	g_ptr_array_unref(rewrite->dropped);
	g_free(rewrite);
}

bool
rewrite_is_empty(const struct rewrite *rewrite)
{
	return bodychange_is_empty(rewrite->body);
}

const GPtrArray *
rewrite_dropped(const struct rewrite *rewrite)
{
	return rewrite->dropped;
}

bool
rewrite_to_fd(const struct rewrite *rewrite, int fd, GError **error)
{
	return bodychange_write(rewrite->body, fd, error);
}

GBytes *
rewrite_tail(const struct rewrite *rewrite, uint64_t *offset)
{
	*offset = bodychange_first(rewrite->body);
	return bodychange_tail(rewrite->body, REWRITE_TAIL_MAX);
}
