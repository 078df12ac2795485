/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One function for each element that is dangerous by itself.
 */
#include "core/read/html_scan.h"

#include <string.h>

#include "core/read/html_code.h"

/* The element is dangerous as `kind`: `word`'s value says what of. Its tags are to be renamed. */
static void
take(struct html_scan *scan, enum html_kind kind, const struct html_start *start,
    enum html_attribute_word word)
{
	const struct html_token *token = start->token;
	g_autofree char *detail = html_scan_value(scan, start->known[word]);

	html_add_tag(scan->facts, kind, token->start, token->end, detail != NULL ? detail : "");
	html_disarm_rename(scan, kind, start);
	if (start->depth > 0 || (token->self_closing && scan->foreign > 0))
		return;
	scan->renamed[start->element]++;
	scan->renamed_as[start->element] = kind;
}

static void
take_iframe(struct html_scan *scan, const struct html_start *start)
{
	take(scan, HTML_iframe, start, HTML_ATTRIBUTE_src);
}

static void
take_frame(struct html_scan *scan, const struct html_start *start)
{
	take(scan, HTML_frame, start, HTML_ATTRIBUTE_src);
}

static void
take_form(struct html_scan *scan, const struct html_start *start)
{
	take(scan, HTML_form, start, HTML_ATTRIBUTE_action);
}

/* An input or a button that only resets is what a disarmed one is. */
static void
take_control(struct html_scan *scan, const struct html_start *start)
{
	const struct html_token *token = start->token;
	enum html_kind kind =
	    start->element == HTML_ELEMENT_input ? HTML_form_input : HTML_form_button;
	g_autofree char *type = html_scan_value(scan, start->known[HTML_ATTRIBUTE_type]);

	if (type != NULL && g_ascii_strcasecmp(type, "reset") == 0 &&
	    start->known[HTML_ATTRIBUTE_formaction] == NULL)
		return;
	html_add_tag(scan->facts, kind, token->start, token->end, type != NULL ? type : "");
	if (start->depth == 0)
		html_disarm_control(scan, kind, start);
	else
		html_disarm_rename(scan, kind, start);
}

static void
take_script(struct html_scan *scan, const struct html_start *start)
{
	bool foreign = scan->foreign > 0;

	scan->runs =
	    start->known[HTML_ATTRIBUTE_src] != NULL || start->known[HTML_ATTRIBUTE_href] != NULL ||
	    !html_scan_value_is(scan, start->known[HTML_ATTRIBUTE_type], "application/ld+json");
	if (scan->runs)
		take(scan, foreign ? HTML_svg_script : HTML_script, start,
		    foreign ? HTML_ATTRIBUTE_href : HTML_ATTRIBUTE_src);
}

static void
take_svg_handler(struct html_scan *scan, const struct html_start *start)
{
	if (scan->svg)
		take(scan, HTML_svg_script, start, HTML_ATTRIBUTE_href);
}

static void
take_object(struct html_scan *scan, const struct html_start *start)
{
	bool found = false;

	if (start->known[HTML_ATTRIBUTE_codebase] != NULL) {
		take(scan, HTML_object_codebase, start, HTML_ATTRIBUTE_codebase);
		found = true;
	}
	if (start->known[HTML_ATTRIBUTE_data] != NULL) {
		take(scan, HTML_object_data, start, HTML_ATTRIBUTE_data);
		/* One end tag ends both. */
		if (found && start->depth == 0)
			scan->renamed[start->element]--;
		found = true;
	}
	if (!found)
		take(scan, HTML_object, start,
		    start->element == HTML_ELEMENT_applet ? HTML_ATTRIBUTE_code
							  : HTML_ATTRIBUTE_src);
}

/* What is behind the `url=` of a refresh: "5; url='http://...'". */
static size_t
refresh_address(const struct html_scan *scan, const struct html_attribute *content)
{
	const char *bytes = scan->bytes;
	size_t at = content->value_start, end = content->value_end;

	while (at < end && bytes[at] != ';' && bytes[at] != ',')
		at++;
	while (at < end && (strchr(";, \t\r\n\f", bytes[at]) != NULL))
		at++;
	if (end - at > 3 && g_ascii_strncasecmp(bytes + at, "url", 3) == 0)
		at += 3;
	while (at < end && (strchr("= \t\r\n\f\"'", bytes[at]) != NULL))
		at++;
	return at;
}

static void
take_meta(struct html_scan *scan, const struct html_start *start)
{
	const struct html_token *token = start->token;
	const struct html_attribute *equivalent = start->known[HTML_ATTRIBUTE_http_equiv];
	const struct html_attribute *content = start->known[HTML_ATTRIBUTE_content];
	g_autofree char *detail = NULL;

	if (!html_scan_value_is(scan, equivalent, "refresh"))
		return;
	size_t address = content != NULL ? refresh_address(scan, content) : 0;
	if (content != NULL)
		detail = html_scan_text(scan, address, content->value_end, true);
	html_add_tag(
	    scan->facts, HTML_meta_refresh, token->start, token->end, detail != NULL ? detail : "");
	html_add_edit(scan->facts, HTML_meta_refresh, equivalent->value_start,
	    equivalent->value_end, "mailscanner-refresh");
	if (content == NULL ||
	    !html_code_in_address(scan->bytes + address, content->value_end - address, false))
		return;
	html_add_tag(scan->facts, HTML_script_url, content->start, content->end, detail);
	html_add_edit(scan->facts, HTML_script_url, content->value_start, content->value_end, "0");
}

static void
take_base(struct html_scan *scan, const struct html_start *start)
{
	const struct html_attribute *href = start->known[HTML_ATTRIBUTE_href];

	if (href == NULL)
		return;
	if (scan->facts->base == NULL && start->depth == 0)
		scan->facts->base = html_scan_value(scan, href);
	take(scan, HTML_base, start, HTML_ATTRIBUTE_href);
}

static void
take_sheet(struct html_scan *scan, const struct html_start *start)
{
	g_autofree char *rel = html_scan_value(scan, start->known[HTML_ATTRIBUTE_rel]);
	g_autofree char *href = html_scan_value(scan, start->known[HTML_ATTRIBUTE_href]);
	g_autofree char *lower = rel != NULL ? g_ascii_strdown(rel, -1) : NULL;

	if (lower == NULL || href == NULL || strstr(lower, "stylesheet") == NULL)
		return;
	if (g_ascii_strncasecmp(g_strchug(href), "cid:", 4) != 0 &&
	    g_ascii_strncasecmp(href, "data:", 5) != 0)
		take(scan, HTML_remote_css, start, HTML_ATTRIBUTE_href);
}

typedef void take_element(struct html_scan *scan, const struct html_start *start);

static take_element *const takers[HTML_ELEMENT_OTHER + 1] = {
	[HTML_ELEMENT_applet] = take_object,
	[HTML_ELEMENT_base] = take_base,
	[HTML_ELEMENT_button] = take_control,
	[HTML_ELEMENT_embed] = take_object,
	[HTML_ELEMENT_fencedframe] = take_iframe,
	[HTML_ELEMENT_form] = take_form,
	[HTML_ELEMENT_frame] = take_frame,
	[HTML_ELEMENT_handler] = take_svg_handler,
	[HTML_ELEMENT_iframe] = take_iframe,
	[HTML_ELEMENT_ilayer] = take_iframe,
	[HTML_ELEMENT_input] = take_control,
	[HTML_ELEMENT_layer] = take_iframe,
	[HTML_ELEMENT_link] = take_sheet,
	[HTML_ELEMENT_meta] = take_meta,
	[HTML_ELEMENT_object] = take_object,
	[HTML_ELEMENT_portal] = take_iframe,
	[HTML_ELEMENT_script] = take_script,
};

void
html_elements_start(struct html_scan *scan, const struct html_start *start)
{
	if (takers[start->element] != NULL)
		takers[start->element](scan, start);
}
