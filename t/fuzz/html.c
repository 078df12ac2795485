/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as HTML and as SVG: all positions lie within, edits are as html.h promises, what they disarm is gone, text is text. The
 * first byte chooses the charset and what it is read as.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/read/html.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* These kinds are looked at apart and all at once. */
static const unsigned sets[] = {
	1u << HTML_iframe | 1u << HTML_frame,
	1u << HTML_form | 1u << HTML_form_input | 1u << HTML_form_button,
	1u << HTML_script | 1u << HTML_event_handler | 1u << HTML_script_url |
	    1u << HTML_svg_script | 1u << HTML_meta_refresh,
	1u << HTML_object | 1u << HTML_object_data | 1u << HTML_object_codebase,
	1u << HTML_remote_css | 1u << HTML_base,
	(1u << HTML_KIND_COUNT) - 1,
};

static void
check_range(const struct html_facts *facts, size_t start, size_t end)
{
	g_assert(start <= end && end <= facts->length);
}

static void
check_nesting(const struct html_facts *facts)
{
	size_t ends[HTML_KIND_COUNT] = { 0 };
	g_autoptr(GPtrArray) around = g_ptr_array_new();

	for (unsigned i = 0; i < facts->edits->len; i++) {
		struct html_edit *edit = facts->edits->pdata[i];

		check_range(facts, edit->start, edit->end);
		g_assert(edit->start < edit->end || edit->text[0] != '\0');
		g_assert(edit->start >= ends[edit->kind]);
		g_assert(g_utf8_validate(edit->text, -1, NULL));
		ends[edit->kind] = edit->end;
		while (around->len > 0 &&
		       ((struct html_edit *)around->pdata[around->len - 1])->end <= edit->start)
			g_ptr_array_set_size(around, (int)around->len - 1);
		if (around->len > 0)
			g_assert(
			    edit->end <= ((struct html_edit *)around->pdata[around->len - 1])->end);
		g_ptr_array_add(around, edit);
	}
}

static void
check_facts(const struct html_facts *facts)
{
	for (unsigned i = 0; i < facts->tags->len; i++) {
		const struct html_tag *tag = facts->tags->pdata[i];

		check_range(facts, tag->start, tag->end);
		g_assert(g_utf8_validate(tag->detail, -1, NULL));
	}
	for (unsigned i = 0; i < facts->links->len; i++) {
		const struct html_link *link = facts->links->pdata[i];

		check_range(facts, link->start, link->end);
		check_range(facts, link->text_start, link->text_end);
		g_assert(link->end <= link->text_start);
		g_assert(g_utf8_validate(link->href, -1, NULL));
		g_assert(g_utf8_validate(link->text, -1, NULL));
		g_assert(strlen(link->text) <= HTML_LINK_TEXT_MAX);
	}
	for (unsigned i = 0; i < facts->images->len; i++) {
		const struct html_image *image = facts->images->pdata[i];

		check_range(facts, image->start, image->end);
		g_assert(g_utf8_validate(image->src, -1, NULL));
	}
	check_nesting(facts);
}

static GString *
apply(const char *text, const struct html_facts *facts, unsigned kinds)
{
	g_autoptr(GPtrArray) edits = html_edits_choose(facts, kinds);
	GString *out = g_string_new(NULL);
	size_t at = 0;

	for (unsigned i = 0; i < edits->len; i++) {
		const struct html_edit *edit = edits->pdata[i];

		g_assert(edit->start >= at);
		g_string_append_len(out, text + at, (gssize)(edit->start - at));
		g_string_append(out, edit->text);
		at = edit->end;
	}
	g_string_append_len(out, text + at, (gssize)(facts->length - at));
	return out;
}

static void
check_disarmed(const char *text, const struct html_facts *facts, unsigned kinds, bool svg)
{
	GString *disarmed = apply(text, facts, kinds);
	struct html_facts *again = html_read(disarmed->str, disarmed->len, "utf-8", svg);

	for (unsigned i = 0; i < again->tags->len; i++) {
		const struct html_tag *tag = again->tags->pdata[i];

		if (!(kinds & (1u << tag->kind)) || facts->truncated)
			continue;
		fprintf(stderr, "%s is left at %zu of: ", html_kind_name(tag->kind), tag->start);
		fwrite(disarmed->str, 1, disarmed->len, stderr);
		abort();
	}
	html_facts_free(again);
	g_string_free(disarmed, TRUE);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const charsets[] = { "utf-8", "utf-8", "utf-8", "utf-8", "", "koi8-r",
		"utf-16", "iso-2022-jp", "utf-7", "hz-gb-2312", "shift_jis", "utf-32" };

	if (size == 0)
		return 0;
	const char *charset = charsets[data[0] % G_N_ELEMENTS(charsets)];
	bool svg = data[0] >= 0xF0;
	/* No byte more, so that a checker sees who reads on. */
	g_autofree char *bytes = g_malloc(MAX(size - 1, 1));
	memcpy(bytes, data + 1, size - 1);

	struct html_facts *facts = html_read(bytes, size - 1, charset, svg);
	g_autofree char *text = html_to_text(bytes, size - 1, charset);

	check_facts(facts);
	g_assert(g_utf8_validate(text, -1, NULL));
	if (strcmp(charset, "utf-8") == 0 && facts->transcoded == NULL) {
		for (unsigned i = 0; i < G_N_ELEMENTS(sets); i++)
			check_disarmed(bytes, facts, sets[i], svg);
	}
	html_facts_free(facts);
	return 0;
}
