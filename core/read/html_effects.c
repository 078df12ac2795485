/* SPDX-License-Identifier: GPL-2.0-or-later */
/* By name: the search relies on it. */
#include "core/read/html_effects.h"

#include <glib.h>
#include <string.h>

static const struct html_effect_row effects[] = {
	{ "a", HTML_EFFECT_link },
	{ "address", HTML_EFFECT_line },
	{ "article", HTML_EFFECT_line },
	{ "aside", HTML_EFFECT_line },
	{ "blockquote", HTML_EFFECT_quote },
	{ "body", HTML_EFFECT_line },
	{ "br", HTML_EFFECT_break },
	{ "button", HTML_EFFECT_line },
	{ "caption", HTML_EFFECT_line },
	{ "center", HTML_EFFECT_line },
	{ "dd", HTML_EFFECT_line },
	{ "details", HTML_EFFECT_line },
	{ "dir", HTML_EFFECT_list },
	{ "div", HTML_EFFECT_line },
	{ "dl", HTML_EFFECT_blank },
	{ "dt", HTML_EFFECT_line },
	{ "fieldset", HTML_EFFECT_line },
	{ "figcaption", HTML_EFFECT_line },
	{ "figure", HTML_EFFECT_line },
	{ "footer", HTML_EFFECT_line },
	{ "form", HTML_EFFECT_line },
	{ "h1", HTML_EFFECT_blank },
	{ "h2", HTML_EFFECT_blank },
	{ "h3", HTML_EFFECT_blank },
	{ "h4", HTML_EFFECT_blank },
	{ "h5", HTML_EFFECT_blank },
	{ "h6", HTML_EFFECT_blank },
	{ "head", HTML_EFFECT_line },
	{ "header", HTML_EFFECT_line },
	{ "hr", HTML_EFFECT_rule },
	{ "html", HTML_EFFECT_line },
	{ "image", HTML_EFFECT_image },
	{ "img", HTML_EFFECT_image },
	{ "input", HTML_EFFECT_field },
	{ "legend", HTML_EFFECT_line },
	{ "li", HTML_EFFECT_item },
	{ "main", HTML_EFFECT_line },
	{ "menu", HTML_EFFECT_list },
	{ "nav", HTML_EFFECT_line },
	{ "ol", HTML_EFFECT_numbers },
	{ "option", HTML_EFFECT_line },
	{ "p", HTML_EFFECT_blank },
	{ "pre", HTML_EFFECT_pre },
	{ "script", HTML_EFFECT_dropped },
	{ "section", HTML_EFFECT_line },
	{ "select", HTML_EFFECT_line },
	{ "style", HTML_EFFECT_dropped },
	{ "summary", HTML_EFFECT_line },
	{ "table", HTML_EFFECT_line },
	{ "tbody", HTML_EFFECT_line },
	{ "td", HTML_EFFECT_cell },
	{ "textarea", HTML_EFFECT_raw_references },
	{ "tfoot", HTML_EFFECT_line },
	{ "th", HTML_EFFECT_cell },
	{ "thead", HTML_EFFECT_line },
	{ "title", HTML_EFFECT_raw_references },
	{ "tr", HTML_EFFECT_row },
	{ "ul", HTML_EFFECT_list },
	{ "xmp", HTML_EFFECT_raw },
};
G_STATIC_ASSERT(G_N_ELEMENTS(effects) == HTML_EFFECTS);

size_t
html_effect_find(const char *name)
{
	size_t i = 0;

	while (i < HTML_EFFECTS && effects[i].name[0] < name[0])
		i++;
	for (; i < HTML_EFFECTS && effects[i].name[0] == name[0]; i++) {
		if (strcmp(effects[i].name, name) == 0)
			return i;
	}
	return HTML_EFFECTS;
}

const struct html_effect_row *
html_effect_at(size_t n)
{
	return &effects[n];
}
