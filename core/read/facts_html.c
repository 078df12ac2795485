/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The facts about one part's HTML. Its places are what others cut along, so each is checked to lie in the text.
 */
#include "core/read/facts_check.h"

#include <string.h>

static const char *
tag_name(unsigned n)
{
	return html_kind_name((enum html_kind)n);
}

/* Takes one entry of a list, and checks it against what was taken before. */
typedef bool take_entry(
    const struct facts_check *check, const json_t *entry, struct html_facts *html);

static bool
take_list(
    const struct facts_check *check, const json_t *list, take_entry *take, struct html_facts *html)
{
	if (list == NULL)
		return true;
	if (!json_is_array(list) || json_array_size(list) > HTML_LIST_MAX)
		return facts_refuse(check, "a list about HTML is none, or too long");
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *entry = json_array_get(list, i);

		if (!json_is_object(entry) && !json_is_array(entry))
			return facts_refuse(check, "an entry about HTML is no object, and no row");
		if (!take(check, entry, html))
			return false;
	}
	return true;
}

static bool
check_range(
    const struct facts_check *check, size_t start, size_t end, const struct html_facts *html)
{
	if (start <= end && end <= html->length)
		return true;
	return facts_refuse(check, "a place that is not in the HTML");
}

static bool
take_kind(const struct facts_check *check, const json_t *entry, enum html_kind *kind)
{
	const json_t *word =
	    json_is_array(entry) ? json_array_get(entry, 0) : json_object_get(entry, "kind");
	unsigned n = facts_find_name(word, HTML_KIND_COUNT, tag_name);

	if (n == HTML_KIND_COUNT)
		return facts_refuse(check, "an unknown kind of HTML");
	*kind = (enum html_kind)n;
	return true;
}

static bool
take_tag(const struct facts_check *check, const json_t *entry, struct html_facts *html)
{
	html_add_tag(html, (enum html_kind)0, 0, 0, "");
	struct html_tag *tag = g_ptr_array_index(html->tags, html->tags->len - 1);

	return take_kind(check, entry, &tag->kind) &&
	       facts_take_entry(check, &html_tag_members, entry, 1, tag) &&
	       check_range(check, tag->start, tag->end, html);
}

static bool
take_edit(const struct facts_check *check, const json_t *entry, struct html_facts *html)
{
	const struct html_edit *before =
	    html->edits->len > 0 ? g_ptr_array_index(html->edits, html->edits->len - 1) : NULL;

	html_add_edit(html, (enum html_kind)0, 0, 0, "");
	struct html_edit *edit = g_ptr_array_index(html->edits, html->edits->len - 1);
	if (!take_kind(check, entry, &edit->kind) ||
	    !facts_take_entry(check, &html_edit_members, entry, 1, edit) ||
	    !check_range(check, edit->start, edit->end, html))
		return false;
	if (before != NULL && before->start > edit->start)
		return facts_refuse(check, "edits out of order");
	return true;
}

/* Edits of one kind are all done together, so none may reach into the next. */
static bool
check_edits(const struct facts_check *check, const struct html_facts *html)
{
	size_t ends[HTML_KIND_COUNT] = { 0 };

	for (unsigned i = 0; i < html->edits->len; i++) {
		const struct html_edit *edit = g_ptr_array_index(html->edits, i);

		if (edit->start < ends[edit->kind])
			return facts_refuse(check, "edits that overlap");
		ends[edit->kind] = edit->end;
	}
	return true;
}

static bool
take_link(const struct facts_check *check, const json_t *entry, struct html_facts *html)
{
	struct html_link *link = html_add_link(html);

	if (!facts_take_entry(check, &html_link_members, entry, 0, link) ||
	    !check_range(check, link->start, link->end, html) ||
	    !check_range(check, link->text_start, link->text_end, html))
		return false;
	if (link->href == NULL || link->text == NULL || strlen(link->text) > HTML_LINK_TEXT_MAX)
		return facts_refuse(
		    check, "a link without address or text, or with too much of it");
	return true;
}

static bool
take_image(const struct facts_check *check, const json_t *entry, struct html_facts *html)
{
	struct html_image *image = html_add_image(html);

	if (!facts_take_entry(check, &html_image_members, entry, 0, image) ||
	    !check_range(check, image->start, image->end, html))
		return false;
	if (image->src == NULL)
		return facts_refuse(check, "a picture without address");
	return true;
}

static bool
check_place(const struct facts_check *check, size_t place, const struct html_facts *html)
{
	return place == HTML_NOWHERE || check_range(check, place, place, html);
}

bool
facts_take_html(const struct facts_check *check, const json_t *json, struct part *part)
{
	size_t others = 0;

	if (json == NULL)
		return true;
	if (!json_is_object(json))
		return facts_refuse(check, "html is no object");
	const json_t *tags = facts_special(json, "tags", &others);
	const json_t *edits = facts_special(json, "edits", &others);
	const json_t *links = facts_special(json, "links", &others);
	const json_t *images = facts_special(json, "images", &others);
	struct html_facts *html = part->html = html_facts_new();

	if (!facts_take_members(check, &html_members, json, others, html))
		return false;
	if (html->transcoded == NULL && html->length > part->size)
		return facts_refuse(check, "HTML that is larger than its part");
	return check_place(check, html->html_open, html) &&
	       check_place(check, html->body_open, html) &&
	       check_place(check, html->body_close, html) &&
	       check_place(check, html->html_close, html) &&
	       take_list(check, tags, take_tag, html) && take_list(check, edits, take_edit, html) &&
	       check_edits(check, html) && take_list(check, links, take_link, html) &&
	       take_list(check, images, take_image, html);
}
