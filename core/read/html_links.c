/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Links and images, and whether what a link shows can be seen. Style sheets are not followed: those who hide links in mail write the style
 * at the place, since mail programs drop sheets. Of what is inside an element that shows nothing only the elements of its name are
 * counted, which finds its end without a tree.
 */
#include "core/read/html_scan.h"

#include <stdlib.h>
#include <string.h>

#include "core/read/html_code.h"

/* Cuts a text at a whole character. */
static void
cut_text(char *text, size_t most)
{
	if (strlen(text) <= most)
		return;
	while (most > 0 && ((unsigned char)text[most] & 0xC0) == 0x80)
		most--;
	text[most] = '\0';
}

void
html_links_close(struct html_scan *scan, size_t at)
{
	struct html_link *link = scan->open.link;

	if (link == NULL)
		return;
	link->text_end = at;
	link->text = html_scan_text(
	    scan, link->text_start, MIN(at, link->text_start + HTML_LINK_TEXT_MAX), false);
	cut_text(link->text, HTML_LINK_TEXT_MAX);
	link->hidden = scan->open.concealed && !scan->open.shown;
	scan->open = (struct html_open_link){ 0 };
}

static struct html_link *
add_link(struct html_scan *scan, const struct html_start *start, char *href)
{
	struct html_link *link = html_add_link(scan->facts);

	if (link == NULL) {
		g_free(href);
		return NULL;
	}
	link->start = start->token->start;
	link->end = link->text_start = link->text_end = start->token->end;
	link->href = href;
	return link;
}

static void
take_link(struct html_scan *scan, const struct html_start *start)
{
	char *href;

	if (start->element == HTML_ELEMENT_a)
		html_links_close(scan, start->token->start);
	href = html_scan_value(scan, start->known[HTML_ATTRIBUTE_href]);
	if (href == NULL || href[0] == '\0') {
		g_free(href);
		return;
	}
	if (start->element == HTML_ELEMENT_a) {
		scan->open.link = add_link(scan, start, href);
		return;
	}
	if (scan->open.link != NULL) {
		g_free(scan->open.link->area);
		scan->open.link->area = g_strdup(href);
	}
	struct html_link *area = add_link(scan, start, href);
	if (area != NULL)
		area->text = g_strdup("");
}

/* No more than a dot. */
static bool
is_dot(const char *length)
{
	char *end;
	double size = length != NULL ? g_ascii_strtod(length, &end) : 100;

	return length != NULL && end != length && size <= 1;
}

static void
show(struct html_scan *scan, bool visible)
{
	if (scan->open.link == NULL)
		return;
	if (visible)
		scan->open.shown = true;
	else
		scan->open.concealed = true;
}

static void
take_image(struct html_scan *scan, const struct html_start *start)
{
	struct html_image *image = html_add_image(scan->facts);

	if (image == NULL)
		return;
	image->start = start->token->start;
	image->end = start->token->end;
	image->src = html_scan_value(scan, start->known[HTML_ATTRIBUTE_src]);
	if (image->src == NULL)
		image->src = g_strdup("");
	image->width = html_scan_value(scan, start->known[HTML_ATTRIBUTE_width]);
	image->height = html_scan_value(scan, start->known[HTML_ATTRIBUTE_height]);
	image->alt = html_scan_value(scan, start->known[HTML_ATTRIBUTE_alt]);
	show(scan, scan->concealment.open == 0 && !(start->style & HTML_STYLE_HIDDEN) &&
		       !is_dot(image->width) && !is_dot(image->height));
}

static bool
same_name(const struct html_scan *scan, const struct html_token *token)
{
	const struct html_concealment *concealment = &scan->concealment;
	size_t length = concealment->name_end - concealment->name_start;

	return token->data_end - token->data_start == length &&
	       g_ascii_strncasecmp(scan->bytes + token->data_start,
		   scan->bytes + concealment->name_start, length) == 0;
}

static bool
is_void(const struct html_scan *scan, const struct html_token *token)
{
	static const char *const names[] = { "area", "base", "br", "col", "embed", "hr", "img",
		"image", "input", "link", "meta", "param", "source", "track", "wbr" };
	char word[HTML_WORD_MAX];

	html_word_lower(scan->bytes + token->data_start, token->data_end - token->data_start, word);
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		if (strcmp(names[i], word) == 0)
			return true;
	}
	return false;
}

/* Text of no size hides only what is in the link itself: outside it is a way to close gaps, and inner elements set their own. */
static bool
conceals(const struct html_scan *scan, const struct html_start *start)
{
	unsigned style = HTML_STYLE_HIDDEN;

	if (scan->open.link != NULL)
		style |= HTML_STYLE_SMALL;
	return (start->style & style) != 0 || start->known[HTML_ATTRIBUTE_hidden] != NULL;
}

void
html_links_start(struct html_scan *scan, const struct html_start *start)
{
	struct html_concealment *concealment = &scan->concealment;

	if (start->element == HTML_ELEMENT_a || start->element == HTML_ELEMENT_area)
		take_link(scan, start);
	if (start->element == HTML_ELEMENT_img || start->element == HTML_ELEMENT_image)
		take_image(scan, start);
	if (concealment->open > 0) {
		concealment->open += same_name(scan, start->token);
	} else if (conceals(scan, start) && !is_void(scan, start->token)) {
		concealment->name_start = start->token->data_start;
		concealment->name_end = start->token->data_end;
		concealment->open = 1;
	}
}

void
html_links_end(struct html_scan *scan, enum html_element element, const struct html_token *token)
{
	if (element == HTML_ELEMENT_a)
		html_links_close(scan, token->start);
	if (scan->concealment.open > 0 && same_name(scan, token))
		scan->concealment.open--;
}

/* There is more than blanks. */
static bool
is_text(const char *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if ((unsigned char)bytes[i] <= ' ')
			continue;
		if (size - i >= 6 && memcmp(bytes + i, "&nbsp;", 6) == 0)
			i += 5;
		else
			return true;
	}
	return false;
}

void
html_links_text(struct html_scan *scan, size_t start, size_t end)
{
	bool visible = scan->concealment.open == 0;

	if (scan->open.link == NULL || (visible ? scan->open.shown : scan->open.concealed))
		return;
	if (is_text(scan->bytes + start, end - start))
		show(scan, visible);
}
