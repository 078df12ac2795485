/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_HTML_TOKENIZER_H
#define CORE_READ_HTML_TOKENIZER_H
/*
 * The tokenizer of HTML (WHATWG, HTML Living Standard section 13.2.5) over bytes in memory. Tokens are ranges of these bytes: nothing is
 * copied, and nothing is decoded before somebody asks (html_decode). So text costs what memchr costs.
 *
 * Whoever drives it sets `content` after a start tag whose content is not markup, as the standard's tree builder would.
 */
#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/message/html.h"
#include "core/read/html_entities.h"

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

struct html_tokenizer {
	const char *bytes; /* borrowed */
	size_t size;
	size_t at; /* where the next token begins */
	enum html_content content;
	const char *name; /* of the element whose end tag ends the content; lower case, borrowed */
	bool foreign;	  /* <![CDATA[ opens a section */
	bool loose;	  /* tags are read like that (html_tag_parse), so none is cut */
};

void html_tokenizer_init(struct html_tokenizer *tokenizer, const char *bytes, size_t size);

/* False at the end. Text comes in as few tokens as the markup allows, but two may follow each other. */
bool html_tokenizer_next(struct html_tokenizer *tokenizer, struct html_token *token);

/*
 * Where the content of raw text that begins at `at` ends: at the end tag </name; HTML_NOWHERE where there is none. In a script
 * (`content`) those within <!-- <script> are passed over.
 */
size_t html_content_end(
    const char *bytes, size_t size, size_t at, const char *name, enum html_content content);

/*
 * The tag at `at`, which is a `<` before a letter, or before a slash and a letter. False where the input ends in it. `loose` is
 * another reading, for programs that forgive: a quote that nothing closes is part of the value, and a tag ends where the next one begins
 * or the input ends, so it never is false.
 */
bool html_tag_parse(
    const char *bytes, size_t size, size_t at, bool loose, struct html_token *token);

/* An earlier attribute of the tag has the same name. */
bool html_attribute_repeats(
    const char *bytes, const struct html_token *token, const struct html_attribute *attribute);

/* Lower case, NULs as U+FFFD. */
void html_decode_name(GString *out, const char *bytes, size_t size);

#endif
