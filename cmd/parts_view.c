/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One line a part, indented by its depth, so that the shape of a message shows at a glance; what is worth knowing stands below it.
 */
#include "cmd/parts_view.h"

#include <string.h>

#include "cmd/screen.h"
#include "core/act/foresee.h"
#include "rules/language.h"

struct view {
	FILE *out;
	const struct message *message;
	bool colours;
};

#define RED "\033[31m"
#define YELLOW "\033[33m"
#define BLUE "\033[34m"
#define PLAIN "\033[0m"

static const char *
colour(const struct view *view, const char *code)
{
	return view->colours ? code : "";
}

static unsigned
depth_of(const struct facts *facts, unsigned n)
{
	unsigned depth = 0;

	for (int at = facts_part(facts, n)->parent; at >= 0;
	     at = facts_part(facts, (unsigned)at)->parent)
		depth++;
	return depth;
}

static void
put_finding(const struct view *view, const struct finding *finding, unsigned indent)
{
	g_autofree char *text = screen_text(finding->text);
	g_autofree char *rule = screen_text(finding->rule);
	bool infection = finding_letter(finding->kind) != ' ';

	fprintf(view->out, "%*s%s%s: %s%s%s%s%s\n", (int)indent, "",
	    colour(view, infection ? RED : YELLOW), finding_kind_name(finding->kind), text,
	    *rule != '\0' ? " (" : "", rule, *rule != '\0' ? ")" : "", colour(view, PLAIN));
}

static void
put_findings(const struct view *view, int part, unsigned indent)
{
	for (unsigned i = 0; i < view->message->findings->len; i++) {
		const struct finding *finding = g_ptr_array_index(view->message->findings, i);

		if (finding->part == part)
			put_finding(view, finding, indent);
	}
}

static void
put_facts(const struct view *view, const struct part *part, unsigned indent)
{
	for (unsigned fact = 0; fact < PART_FACT_COUNT; fact++) {
		if (part_has(part, fact))
			fprintf(view->out, "%*s%s- %s%s\n", (int)indent, "", colour(view, BLUE),
			    part_fact_text(fact), colour(view, PLAIN));
	}
}

static void
put_names(const struct view *view, const struct part *part, unsigned indent)
{
	for (unsigned i = 0; i < part->names->len; i++) {
		const char *name = g_ptr_array_index(part->names, i);
		g_autofree char *safe = strcmp(name, part->name) != 0 ? screen_text(name) : NULL;

		if (safe != NULL)
			fprintf(view->out, "%*s- also seen as \"%s\"\n", (int)indent, "", safe);
	}
}

static void
put_html(const struct view *view, const struct html_facts *html, unsigned indent)
{
	if (html == NULL)
		return;
	fprintf(view->out, "%*s- HTML: %u links, %u images, %u dangerous places\n", (int)indent, "",
	    html->links->len, html->images->len, html->tags->len);
}

static void
put_part(const struct view *view, unsigned n)
{
	const struct part *part = facts_part(view->message->facts, n);
	unsigned indent = 2 * depth_of(view->message->facts, n);
	g_autofree char *name = screen_text(part->name);
	g_autofree char *type = screen_text(part->type);
	g_autofree char *encoding = screen_text(part->encoding);
	g_autofree char *description =
	    part->description != NULL ? screen_text(part->description) : NULL;
	g_autofree char *size =
	    part->kind == PART_LEAF || part->kind == PART_MEMBER ? screen_size(part->size) : NULL;

	fprintf(view->out, "%*s%u  %s", (int)indent, "", n, type);
	if (size != NULL)
		fprintf(view->out, "  %s", size);
	if (*encoding != '\0')
		fprintf(view->out, "  %s", encoding);
	if (*name != '\0')
		fprintf(view->out, "  \"%s\"", name);
	if (part->kind == PART_MEMBER)
		fprintf(view->out, "  (unpacked, %c)", part->letter);
	if (part->reading > 0)
		fprintf(view->out, "  (as other programs read it, %u)", part->reading);
	if (description != NULL)
		fprintf(view->out, "  [%s]", description);
	fputc('\n', view->out);
	put_names(view, part, indent + 4);
	put_facts(view, part, indent + 4);
	put_html(view, part->html, indent + 4);
	put_findings(view, (int)n, indent + 4);
}

static void
put_changes(const struct view *view, struct message *message)
{
	g_autoptr(GPtrArray) lines = foresee(message);

	for (unsigned i = 0; i < lines->len; i++) {
		g_autofree char *text = screen_text(g_ptr_array_index(lines, i));

		fprintf(
		    view->out, "%s%s\n", i == 0 ? "When it leaves: " : "                ", text);
	}
}

void
parts_view_print(FILE *out, struct message *message, bool colours)
{
	const struct view view = { out, message, colours };

	for (unsigned n = 0; message->facts != NULL && n < message->facts->parts->len; n++)
		put_part(&view, n);
	for (unsigned limit = 0; message->facts != NULL && limit < READ_LIMIT_COUNT; limit++) {
		if ((message->facts->limits & (1U << limit)) != 0)
			fprintf(out, "%sA limit was reached: %s (%s)%s\n", colour(&view, YELLOW),
			    language_text(NULL, read_limit_key(limit)), read_limit_directive(limit),
			    colour(&view, PLAIN));
	}
	put_findings(&view, FINDING_WHOLE, 0);
	put_changes(&view, message);
}
