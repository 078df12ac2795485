/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Attributes are dangerous on any element, known or not, so they are judged first and alike; what the element adds stands in
 * html_elements.c. A repeated attribute that browsers drop is judged, too: it costs nothing and some programs take the last.
 */
#include "core/read/html_scan.h"

#include <string.h>

#include "core/read/html_code.h"

/* Values that are only shown or compared. */
static bool
is_shown(const struct html_start *start, enum html_attribute_word word)
{
	static const bool shown[HTML_ATTRIBUTE_OTHER + 1] = {
		[HTML_ATTRIBUTE_alt] = true,
		[HTML_ATTRIBUTE_class] = true,
		[HTML_ATTRIBUTE_content] = true,
		[HTML_ATTRIBUTE_label] = true,
		[HTML_ATTRIBUTE_placeholder] = true,
		[HTML_ATTRIBUTE_summary] = true,
		[HTML_ATTRIBUTE_title] = true,
	};

	return shown[word] ||
	       (word == HTML_ATTRIBUTE_value &&
		   (start->element == HTML_ELEMENT_input || start->element == HTML_ELEMENT_button));
}

static void
take_handler(struct html_scan *scan, const struct html_attribute *attribute, const char *detail)
{
	html_add_tag(scan->facts, HTML_event_handler, attribute->start, attribute->end, detail);
	html_disarm_attribute(scan, HTML_event_handler, attribute);
}

/* A document as a value: what is in there is here. Where it can't be known, it is the worst. */
static void
take_document(struct html_scan *scan, const struct html_attribute *attribute)
{
	g_autofree char *text = html_scan_value(scan, attribute);
	struct html_facts *inner = html_scan_inner(scan, text);
	bool seen[HTML_KIND_COUNT] = { false };

	for (unsigned i = 0; inner != NULL && i < inner->tags->len; i++) {
		const struct html_tag *tag = inner->tags->pdata[i];

		if (!seen[tag->kind])
			html_add_tag(
			    scan->facts, tag->kind, attribute->start, attribute->end, tag->detail);
		seen[tag->kind] = true;
	}
	if (inner == NULL) {
		html_add_tag(scan->facts, HTML_script, attribute->start, attribute->end, "srcdoc");
		seen[HTML_script] = true;
	}
	for (unsigned kind = 0; kind < HTML_KIND_COUNT; kind++) {
		if (seen[kind])
			html_disarm_attribute(scan, (enum html_kind)kind, attribute);
	}
	html_facts_free(inner);
}

static bool
is_code(const struct html_start *start, const char *value, size_t size, bool list)
{
	bool image = start->element == HTML_ELEMENT_img || start->element == HTML_ELEMENT_image;

	while (list && size > 0) {
		const char *semicolon = memchr(value, ';', size);
		size_t length = semicolon != NULL ? (size_t)(semicolon - value) : size;

		if (html_code_in_address(value, length, image))
			return true;
		if (semicolon == NULL)
			return false;
		value += length + 1;
		size -= length + 1;
	}
	return html_code_in_address(value, size, image);
}

static void
take_address(struct html_scan *scan, const struct html_attribute *attribute)
{
	g_autofree char *value = html_scan_value(scan, attribute);

	html_add_tag(scan->facts, HTML_script_url, attribute->start, attribute->end, value);
	html_add_edit(
	    scan->facts, HTML_script_url, attribute->value_start, attribute->value_end, "#");
}

static void
take_style(struct html_scan *scan, struct html_start *start, const struct html_attribute *attribute)
{
	unsigned style = html_style_attribute(
	    scan->bytes + attribute->value_start, attribute->value_end - attribute->value_start);

	start->style |= style;
	if (!(style & HTML_STYLE_SCRIPT))
		return;
	html_add_tag(scan->facts, HTML_script_url, attribute->start, attribute->end, "style");
	html_disarm_attribute(scan, HTML_script_url, attribute);
}

/* "on" and a letter: an event. Those of SVG that set attributes name one in a value. */
static bool
is_handler(const char *name)
{
	return name[0] == 'o' && name[1] == 'n' && g_ascii_isalpha(name[2]);
}

static void
take_attribute(
    struct html_scan *scan, struct html_start *start, const struct html_attribute *attribute)
{
	const char *name = scan->bytes + attribute->start,
		   *value = scan->bytes + attribute->value_start;
	size_t size = attribute->value_end - attribute->value_start;
	char lower[HTML_WORD_MAX];

	/* Names of events are longer than any word. */
	html_word_lower(
	    name, MIN(attribute->name_end - attribute->start, HTML_WORD_MAX - 1), lower);
	if (is_handler(lower)) {
		g_autofree char *detail =
		    html_scan_text(scan, attribute->start, attribute->name_end, false);

		take_handler(scan, attribute, detail);
		return;
	}
	html_word_lower(name, attribute->name_end - attribute->start, lower);
	const char *colon = strchr(lower, ':');
	enum html_attribute_word word = html_attribute_of(colon != NULL ? colon + 1 : lower);
	if (word != HTML_ATTRIBUTE_OTHER && start->known[word] == NULL)
		start->known[word] = attribute;
	if (size == 0)
		return;
	if (attribute->quote != '\0' && start->depth < HTML_DEPTH_MAX &&
	    word != HTML_ATTRIBUTE_srcdoc && memchr(value, '<', size) != NULL)
		html_search_range(
		    scan, attribute->value_start, attribute->value_end, start->depth + 1);
	if (word == HTML_ATTRIBUTE_style)
		take_style(scan, start, attribute);
	else if (word == HTML_ATTRIBUTE_srcdoc)
		take_document(scan, attribute);
	else if (word == HTML_ATTRIBUTE_attribute_name && size > 2 &&
		 g_ascii_strncasecmp(value, "on", 2) == 0)
		take_handler(scan, attribute, "attributeName");
	else if (!is_shown(start, word) &&
		 is_code(start, value, size, word == HTML_ATTRIBUTE_values))
		take_address(scan, attribute);
}

/* Attributes that were not kept can't be judged, and nobody but an attacker writes so many. */
static void
take_crowd(struct html_scan *scan, const struct html_token *token)
{
	size_t end = token->end - (scan->bytes[token->end - 1] == '>' ? 1 : 0);

	if (token->crowd == HTML_NOWHERE || token->crowd >= end)
		return;
	html_add_tag(scan->facts, HTML_event_handler, token->crowd, end, "");
	html_disarm_attributes(scan, HTML_event_handler, token->crowd, end, token->crowd_open);
}

static enum html_element
element_of(const struct html_scan *scan, const struct html_token *token)
{
	const char *name = scan->bytes + token->data_start;
	size_t size = token->data_end - token->data_start;
	const char *colon = scan->svg ? memchr(name, ':', size) : NULL;
	char word[HTML_WORD_MAX];

	if (colon != NULL) {
		size -= (size_t)(colon + 1 - name);
		name = colon + 1;
	}
	html_word_lower(name, size, word);
	return html_element_of(word);
}

enum html_element
html_tags_start(struct html_scan *scan, const struct html_token *token, unsigned depth)
{
	struct html_start start = { .token = token, .depth = depth };

	start.element = element_of(scan, token);
	for (unsigned i = 0; i < token->count; i++)
		take_attribute(scan, &start, &token->attributes[i]);
	take_crowd(scan, token);
	html_elements_start(scan, &start);
	if (depth > 0)
		return start.element;
	html_links_start(scan, &start);
	if ((start.element == HTML_ELEMENT_svg || start.element == HTML_ELEMENT_math) &&
	    !token->self_closing)
		scan->foreign++;
	return start.element;
}

enum html_element
html_tags_end(struct html_scan *scan, const struct html_token *token)
{
	enum html_element element = element_of(scan, token);

	html_links_end(scan, element, token);
	if (element == HTML_ELEMENT_OTHER)
		return element;
	if (scan->renamed[element] > 0) {
		scan->renamed[element]--;
		html_disarm_end(scan, scan->renamed_as[element], element, token);
	}
	if ((element == HTML_ELEMENT_svg || element == HTML_ELEMENT_math) &&
	    scan->foreign > (scan->svg ? 1u : 0u))
		scan->foreign--;
	return element;
}
