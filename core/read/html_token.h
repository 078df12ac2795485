/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_HTML_TOKEN_H
#define CORE_READ_HTML_TOKEN_H
/*
 * What the tokenizer of HTML (core/read/html_tokenizer.h) gives, and what its parts have in common.
 */
#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "core/message/html.h"

/* What the bytes are taken for; in all but data only the end tag of the element leads out, and the tokenizer then is in data again. */
enum html_content {
	HTML_CONTENT_DATA,
	HTML_CONTENT_RCDATA,
	HTML_CONTENT_RAWTEXT,
	HTML_CONTENT_SCRIPT,
	HTML_CONTENT_PLAINTEXT,
	HTML_CONTENT_CDATA,
};

enum html_token_kind {
	HTML_TOKEN_TEXT,
	HTML_TOKEN_START,
	HTML_TOKEN_END,
	HTML_TOKEN_COMMENT,
	HTML_TOKEN_DOCTYPE,
	HTML_TOKEN_CUT, /* a tag that the end of the input cuts; browsers drop it */
};

struct html_attribute {
	size_t start, name_end;	       /* the name */
	size_t value_start, value_end; /* without quotes; equal to name_end where there is none */
	size_t end;		       /* behind value and closing quote */
	char quote;		       /* " or ' or 0 */
	char open; /* loosely: the quote that nothing closes, which stands before the value; or 0 */
};

/* Of a tag that has more, one less is kept; `crowd` tells where the others begin. */
#define HTML_ATTRIBUTES_MAX 256

struct html_token {
	enum html_token_kind kind;
	size_t start, end;
	size_t data_start, data_end; /* tag: its name; comment and text: the data */
	enum html_content content;   /* text: what it was found in */
	bool self_closing;	     /* start tag */
	bool closed;		     /* comment, doctype: there is an end of it */
	bool bogus;		     /* comment: in the standard's words */
	size_t crowd;	 /* tag: the first attribute that was not kept, or HTML_NOWHERE */
	char crowd_open; /* such a quote behind it, or 0 */
	unsigned count;
	struct html_attribute attributes[HTML_ATTRIBUTES_MAX]; /* set up to `count` */
};

/* White space as the standard has it. */
static inline bool
html_is_space(char byte)
{
	return byte == ' ' || byte == '\n' || byte == '\t' || byte == '\r' || byte == '\f';
}

/* What ends the name of a tag. */
static inline bool
html_ends_name(char byte)
{
	return html_is_space(byte) || byte == '/' || byte == '>';
}

/* The next such byte at or behind `at`, or HTML_NOWHERE. Most states of the standard collapse into this search. */
static inline size_t
html_find(const char *bytes, size_t size, size_t at, char byte)
{
	const char *found = at < size ? (const char *)memchr(bytes + at, byte, size - at) : NULL;

	return found != NULL ? (size_t)(found - bytes) : HTML_NOWHERE;
}

#endif
