/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A new part goes beside the others where they lie in a multipart/mixed already, with the boundary as it stands there; everything else is put into a
 * new multipart as it is, so that what it means doesn't change.
 */
#include "core/act/partbeside.h"

#include <string.h>

#include "core/act/charset.h"
#include "core/act/newpart.h"
#include "core/act/partplace.h"

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
	    build->body, place, place, BODY_SIDE_START, site_rank(site, RANK_content), text);
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
	bodychange_add(
	    build->body, place, place, BODY_SIDE_END, site_rank(site, RANK_content), text);
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
		    site_rank(site, RANK_content), g_string_new(NULL));
	else if (kept != 0)
		bodychange_add(build->body, part_content_end(plans, kept) - offset,
		    part_content_end(plans, last) - offset, BODY_SIDE_END,
		    site_rank(site, RANK_content), g_string_new(NULL));
	else /* All of them, and others come in their place: one that is empty stays. */
		bodychange_add(build->body, facts_part(build->facts, first)->header_start - offset,
		    part_content_end(plans, last) - offset, BODY_SIDE_START,
		    site_rank(site, RANK_content), g_string_new("\n"));
}

void
partbeside_remove_children(struct build *build, const struct site *site)
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

void
partbeside_replace_epilogue(struct build *build, const struct site *site)
{
	uint64_t start = site->part->boundary != NULL ? epilogue_start(build, site) : 0;
	g_autofree char *letters = charset_letters(site->plan->epilogue);
	GString *text = g_string_new(NULL);

	if (start == 0)
		start = site->end;
	if (start > site->start && bodychange_bytes(build->body)[start - 1] != '\n')
		g_string_append(text, site->line_end);
	newpart_encode(text, TRANSFER_IDENTITY, true, letters, strlen(letters), site->line_end);
	partedit_end_body(build, site, text);
	bodychange_add(
	    build->body, start, site->end, BODY_SIDE_END, site_rank(site, RANK_content), text);
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
		    site_rank(site, RANK_opening), prefix);
	else
		bodychange_add(build->body, site->header_start, site->header_start, BODY_SIDE_START,
		    site_rank(site, RANK_before), prefix);
	bodychange_add(
	    build->body, site->end, site->end, BODY_SIDE_END, site_rank(site, RANK_before), suffix);
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

void
partbeside_surround(struct build *build, struct site *site)
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
