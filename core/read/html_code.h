/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_HTML_CODE_H
#define CORE_READ_HTML_CODE_H
/* Values of HTML that run something: addresses and styles. */
#include <stdbool.h>
#include <stddef.h>

/*
 * The value, as written, is an address that runs script: javascript:, vbscript: and their kin, or data: with HTML, XML or script; with
 * references, blanks and control characters wherever some browser tolerates them. In an image (`image`) SVG runs nothing.
 */
bool html_code_in_address(const char *value, size_t size, bool image);

/* What a style sheet or the value of a style attribute holds. ORed. */
enum html_style {
	HTML_STYLE_SCRIPT = 1, /* expression(), behavior, -moz-binding, addresses that run script */
	HTML_STYLE_IMPORT = 2, /* @import from elsewhere */
	HTML_STYLE_HIDDEN = 4, /* shows nothing, nor does what is inside */
	HTML_STYLE_SMALL = 8,  /* its own text has no size, or the colour of its ground */
};

/* Of a sheet: SCRIPT and IMPORT. */
unsigned html_style_sheet(const char *bytes, size_t size);
/* Of the value of an attribute, as written: all but IMPORT. */
unsigned html_style_attribute(const char *value, size_t size);

#endif
