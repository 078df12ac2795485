/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_HTML_H
#define CORE_READ_HTML_H
/*
 * HTML as a browser's tokenizer sees it (WHATWG, HTML Living Standard section 13.2.5), in one pass with source positions.
 */
#include "core/message/html.h"

/*
 * Facts about a piece of HTML, or SVG (`svg`). `charset` as the part says, "" where it says nothing; a byte-order mark counts
 * before it, as in browsers, and a meta element where neither says anything. Never NULL.
 */
struct html_facts *html_read(const char *bytes, size_t size, const char *charset, bool svg);

/* Loads the tables of charsets, before the process loses its file system. Where that was not done, they are loaded when they are needed. */
void html_prepare(void);

/* Readable text, UTF-8, lines ended by LF: links kept, tables legible, nothing of scripts and style sheets. The caller's. */
char *html_to_text(const char *bytes, size_t size, const char *charset);

#endif
