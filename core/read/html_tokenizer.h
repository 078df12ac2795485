/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_HTML_TOKENIZER_H
#define CORE_READ_HTML_TOKENIZER_H
/*
 * The tokenizer of HTML (WHATWG, HTML Living Standard section 13.2.5) over bytes in memory. Tokens are ranges of these bytes: nothing is
 * copied, and nothing is decoded before somebody asks (html_decode). So text costs what memchr costs.
 *
 * Whoever drives it sets `content` after a start tag whose content is not markup, as the standard's tree builder would.
 */
#include "core/read/html_entities.h"
#include "core/read/html_token.h"

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

#endif
