/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_HTML_EFFECTS_H
#define CORE_READ_HTML_EFFECTS_H
/*
 * What the tags of HTML do to a text that is to be read without them.
 */
#include <stddef.h>

/* What a tag does to the text. */
enum html_effect {
	HTML_EFFECT_line,    /* begins a line and ends one */
	HTML_EFFECT_blank,   /* so, with a blank line around it */
	HTML_EFFECT_break,   /* br */
	HTML_EFFECT_rule,    /* hr */
	HTML_EFFECT_item,    /* li */
	HTML_EFFECT_list,    /* ul and the like */
	HTML_EFFECT_numbers, /* ol */
	HTML_EFFECT_row,
	HTML_EFFECT_cell,
	HTML_EFFECT_quote,
	HTML_EFFECT_pre,
	HTML_EFFECT_link,
	HTML_EFFECT_image,
	HTML_EFFECT_field,   /* input: its value shows */
	HTML_EFFECT_dropped, /* script, style: content that nobody reads */
	HTML_EFFECT_raw,     /* text to its end tag, no markup; a block */
	HTML_EFFECT_raw_references,
};

/* Tags that do something. */
#define HTML_EFFECTS 59

struct html_effect_row {
	const char *name;
	enum html_effect effect;
};

/* The number of the tag of that name (lower case); HTML_EFFECTS for one that does nothing. */
size_t html_effect_find(const char *name);
const struct html_effect_row *html_effect_at(size_t n);

#endif
