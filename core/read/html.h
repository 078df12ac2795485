/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_HTML_H
#define CORE_READ_HTML_H
/*
 * HTML as a browser's tokenizer sees it (WHATWG, HTML Living Standard section 13.2.5), in one pass with source positions.
 */
#include "core/message/html.h"

/*
 * Facts about a piece of HTML, or SVG (`svg`). `charset` as the part says, "" where it says nothing; a byte-order mark and then
 * a meta element count where it does not. Never NULL.
 */
struct html_facts *html_read(const char *bytes, size_t size, const char *charset, bool svg);

/* Readable text, UTF-8, lines ended by LF: links kept, tables legible, nothing of scripts and style sheets. The caller's. */
char *html_to_text(const char *bytes, size_t size, const char *charset);

#endif
