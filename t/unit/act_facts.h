/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef T_UNIT_ACT_FACTS_H
#define T_UNIT_ACT_FACTS_H
/*
 * Facts made by hand, for tests of what is done about them.
 */
#include "t/unit/act_fixture.h"

static inline struct part *
act_part(struct act_fixture *fixture, int parent, enum part_kind kind, const char *type,
    const char *name)
{
	struct part *part = facts_add_part(fixture->message->facts, parent, kind);

	g_free(part->type);
	part->type = g_strdup(type);
	if (name != NULL) {
		g_free(part->name);
		part->name = g_strdup(name);
		part_add_name(part, name);
	}
	part->size = 100;
	return part;
}

/*
 * 0 multipart/mixed
 *   1 multipart/alternative
 *     2 text/plain
 *     3 text/html
 *   4 application/zip "a.zip", attachment
 *     5 "b.exe" in it
 *   6 image/png "c.png", attachment
 */
static inline void
act_take_tree(struct act_fixture *fixture)
{
	act_take_plain(fixture);
	fixture->message->facts = facts_new();
	act_part(fixture, -1, PART_MULTIPART, "multipart/mixed", NULL);
	act_part(fixture, 0, PART_MULTIPART, "multipart/alternative", NULL);
	act_part(fixture, 1, PART_LEAF, "text/plain", NULL);
	struct part *html = act_part(fixture, 1, PART_LEAF, "text/html", NULL);
	html->html = html_facts_new();
	html->html->body_open = 20;
	html->html->body_close = 80;
	struct part *zip = act_part(fixture, 0, PART_LEAF, "application/zip", "a.zip");
	part_set(zip, PART_FACT_archive);
	act_part(fixture, 4, PART_MEMBER, "application/octet-stream", "b.exe")->letter = 'z';
	struct part *image = act_part(fixture, 0, PART_LEAF, "image/png", "c.png");
	g_free(zip->disposition);
	zip->disposition = g_strdup("attachment");
	g_free(image->disposition);
	image->disposition = g_strdup("attachment");
}

/* "kind part start-end", one line each, of all planned body edits. The caller's. */
static inline char *
act_body_edits(const struct act_fixture *fixture)
{
	static const char *const names[] = { "splice", "replace", "remove", "rename", "convert",
		"before", "append", "relate", "mend", "epilogue" };
	GString *text = g_string_new(NULL);

	for (unsigned i = 0; i < fixture->message->body_edits->len; i++) {
		const struct body_edit *edit = g_ptr_array_index(fixture->message->body_edits, i);

		g_string_append_printf(text, "%s %u", names[edit->kind], edit->part);
		if (edit->kind == BODY_SPLICE)
			g_string_append_printf(
			    text, " %zd-%zd", (gssize)edit->start, (gssize)edit->end);
		g_string_append_c(text, '\n');
	}
	return g_string_free(text, FALSE);
}

/* What an edit puts in. The caller's. */
static inline char *
act_edit_text(const struct act_fixture *fixture, unsigned n)
{
	const struct body_edit *edit = g_ptr_array_index(fixture->message->body_edits, n);
	size_t size;

	if (edit->content == NULL)
		return g_strdup(edit->text);
	const char *bytes = g_bytes_get_data(edit->content->bytes, &size);
	return g_strndup(bytes, size);
}

#endif
