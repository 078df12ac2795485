/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the standard has no markup there may be some for another program: one that ends a comment or a value elsewhere, that does not
 * know an element, that runs scripts or doesn't. So these places are searched for tags as well, by rules that forgive everything. A search
 * never leaves the place it is for: so proposals nest, and one pass over a place is enough.
 */
#include "core/read/html_scan.h"

#include <string.h>

#include "core/read/html_code.h"
#include "core/read/html_content.h"
#include "core/read/html_tagparse.h"

static enum html_content
content_of(enum html_element element)
{
	static const enum html_content contents[HTML_ELEMENT_OTHER + 1] = {
		[HTML_ELEMENT_iframe] = HTML_CONTENT_RAWTEXT,
		[HTML_ELEMENT_noembed] = HTML_CONTENT_RAWTEXT,
		[HTML_ELEMENT_noframes] = HTML_CONTENT_RAWTEXT,
		[HTML_ELEMENT_script] = HTML_CONTENT_SCRIPT,
		[HTML_ELEMENT_style] = HTML_CONTENT_RAWTEXT,
		[HTML_ELEMENT_textarea] = HTML_CONTENT_RCDATA,
		[HTML_ELEMENT_title] = HTML_CONTENT_RCDATA,
		[HTML_ELEMENT_xmp] = HTML_CONTENT_RAWTEXT,
	};

	return contents[element];
}

void
html_search_sheet(struct html_scan *scan, size_t start, size_t end)
{
	unsigned style = html_style_sheet(scan->bytes + start, end - start);

	if (style & HTML_STYLE_SCRIPT) {
		html_add_tag(scan->facts, HTML_script_url, start, end, "style");
		html_add_edit(scan->facts, HTML_script_url, start, end, "");
	}
	if (style & HTML_STYLE_IMPORT) {
		html_add_tag(scan->facts, HTML_remote_css, start, end, "@import");
		html_disarm_imports(scan, start, end);
	}
}

/* An end tag that the standard passes over, since it is in an escape, is one for others where no other comes. */
static size_t
find_end(const struct html_scan *scan, struct html_absent *absent, size_t at,
    enum html_element element, size_t limit)
{
	const char *name = html_element_name(element);
	enum html_content content = content_of(element);
	size_t end = HTML_NOWHERE;

	if (absent->end[element])
		return HTML_NOWHERE;
	if (content == HTML_CONTENT_SCRIPT && !absent->script) {
		end = html_content_end(scan->bytes, limit, at, name, content);
		absent->script = end == HTML_NOWHERE;
	}
	if (end == HTML_NOWHERE)
		end = html_content_end(scan->bytes, limit, at, name, HTML_CONTENT_RAWTEXT);
	absent->end[element] = end == HTML_NOWHERE;
	return end;
}

size_t
html_search_content(struct html_scan *scan, struct html_absent *absent,
    const struct html_token *token, enum html_element element, size_t limit, unsigned depth)
{
	size_t start = token->end, end;

	if (content_of(element) == HTML_CONTENT_DATA || scan->foreign > 0)
		return start;
	end = find_end(scan, absent, start, element, limit);
	if (end == HTML_NOWHERE || end == start)
		return start;
	if (element == HTML_ELEMENT_script && scan->runs) {
		html_add_edit(scan->facts, HTML_script, start, end, "");
		return end;
	}
	if (element == HTML_ELEMENT_iframe)
		html_add_edit(scan->facts, HTML_iframe, start, end, "");
	if (element == HTML_ELEMENT_style)
		html_search_sheet(scan, start, end);
	if (depth < HTML_DEPTH_MAX)
		html_search_range(scan, start, end, depth + 1);
	return end;
}

void
html_search_range(struct html_scan *scan, size_t start, size_t end, unsigned depth)
{
	struct html_absent absent = { { false }, false };
	struct html_token *token = NULL;
	size_t at = start;

	while (at < end) {
		const char *found = memchr(scan->bytes + at, '<', end - at);

		if (found == NULL)
			break;
		at = (size_t)(found - scan->bytes) + 1;
		if (at == end || !g_ascii_isalpha(scan->bytes[at]))
			continue;
		if (token == NULL)
			token = g_new(struct html_token, 1);
		html_tag_parse(scan->bytes, end, at - 1, true, token);
		enum html_element element = html_tags_start(scan, token, depth);
		at = html_search_content(scan, &absent, token, element, end, depth);
	}
	g_free(token);
}
