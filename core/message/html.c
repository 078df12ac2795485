/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lists end at a limit: a part of a few megabytes can hold a million links, and nobody clicks on the last of them.
 */
#include "core/message/html.h"

static void
tag_free(void *data)
{
	struct html_tag *tag = data;

	g_free(tag->detail);
	g_free(tag);
}

static void
edit_free(void *data)
{
	struct html_edit *edit = data;

	if (edit == NULL)
		return;
	g_free(edit->text);
	g_free(edit);
}

static void
link_free(void *data)
{
	struct html_link *link = data;

	g_free(link->href);
	g_free(link->area);
	g_free(link->text);
	g_free(link);
}

static void
image_free(void *data)
{
	struct html_image *image = data;

	g_free(image->src);
	g_free(image->width);
	g_free(image->height);
	g_free(image->alt);
	g_free(image);
}

struct html_facts *
html_facts_new(void)
{
	struct html_facts *html = g_new0(struct html_facts, 1);

	html->tags = g_ptr_array_new_with_free_func(tag_free);
	html->edits = g_ptr_array_new_with_free_func(edit_free);
	html->links = g_ptr_array_new_with_free_func(link_free);
	html->images = g_ptr_array_new_with_free_func(image_free);
	html->html_open = html->body_open = HTML_NOWHERE;
	html->body_close = html->html_close = HTML_NOWHERE;
	return html;
}

void
html_facts_free(struct html_facts *html)
{
	if (html == NULL)
		return;
	g_ptr_array_unref(html->tags);
	g_ptr_array_unref(html->edits);
	g_ptr_array_unref(html->links);
	g_ptr_array_unref(html->images);
	g_free(html->base);
	g_free(html->transcoded);
	g_free(html);
}

static void *
add(struct html_facts *html, GPtrArray *list, size_t size)
{
	if (list->len >= HTML_LIST_MAX) {
		html->truncated = true;
		return NULL;
	}
	void *entry = g_malloc0(size);
	g_ptr_array_add(list, entry);
	return entry;
}

void
html_add_tag(
    struct html_facts *html, enum html_kind kind, size_t start, size_t end, const char *detail)
{
	struct html_tag *tag = add(html, html->tags, sizeof(*tag));

	if (tag == NULL)
		return;
	tag->kind = kind;
	tag->start = start;
	tag->end = end;
	tag->detail = g_strdup(detail);
}

void
html_add_edit(
    struct html_facts *html, enum html_kind kind, size_t start, size_t end, const char *text)
{
	struct html_edit *edit = add(html, html->edits, sizeof(*edit));

	if (edit == NULL)
		return;
	edit->kind = kind;
	edit->start = start;
	edit->end = end;
	edit->text = g_strdup(text);
}

struct html_link *
html_add_link(struct html_facts *html)
{
	return add(html, html->links, sizeof(struct html_link));
}

struct html_image *
html_add_image(struct html_facts *html)
{
	return add(html, html->images, sizeof(struct html_image));
}

static int
edit_compare(gconstpointer a, gconstpointer b)
{
	const struct html_edit *left = *(const struct html_edit *const *)a;
	const struct html_edit *right = *(const struct html_edit *const *)b;

	if (left->start != right->start)
		return left->start < right->start ? -1 : 1;
	if (left->end != right->end)
		return left->end > right->end ? -1 : 1;
	return (int)left->kind - (int)right->kind;
}

void
html_edits_settle(struct html_facts *html)
{
	size_t ends[HTML_KIND_COUNT] = { 0 };
	unsigned kept = 0;

	g_ptr_array_sort(html->edits, edit_compare);
	for (unsigned i = 0; i < html->edits->len; i++) {
		struct html_edit *edit = html->edits->pdata[i];

		if (edit->start < ends[edit->kind]) {
			edit_free(edit);
			continue;
		}
		ends[edit->kind] = edit->end;
		html->edits->pdata[kept++] = edit;
	}
	/* What is behind was moved or freed. */
	for (unsigned i = kept; i < html->edits->len; i++)
		html->edits->pdata[i] = NULL;
	g_ptr_array_set_size(html->edits, (int)kept);
}

GPtrArray *
html_edits_choose(const struct html_facts *html, unsigned kinds)
{
	GPtrArray *chosen = g_ptr_array_new();
	size_t end = 0;

	for (unsigned i = 0; i < html->edits->len; i++) {
		struct html_edit *edit = html->edits->pdata[i];

		if (!(kinds & (1u << edit->kind)) || edit->start < end)
			continue;
		g_ptr_array_add(chosen, edit);
		end = edit->end;
	}
	return chosen;
}

const char *
html_kind_name(enum html_kind kind)
{
	static const char *const names[] = {
#define KIND(id, word) #id,
		HTML_KINDS(KIND)
#undef KIND
	};

	return names[kind];
}

const char *
html_kind_word(enum html_kind kind)
{
	static const char *const words[] = {
#define KIND(id, word) word,
		HTML_KINDS(KIND)
#undef KIND
	};

	return words[kind];
}
