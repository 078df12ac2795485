/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The standard describes eighty states of one character each. Since tokens are ranges here, most of them collapse into a search: text
 * runs to a `<` that begins something, a comment to its end, a value to its quote. What is left of each group of states is one
 * function, named for it.
 */
#include "core/read/html_tokenizer.h"

#include <string.h>

#include "core/read/html_content.h"
#include "core/read/html_tagparse.h"

/* --- Markup that is no tag --- */

static void
take_comment(struct html_token *token, size_t data_start, size_t data_end, size_t end, bool closed)
{
	token->kind = HTML_TOKEN_COMMENT;
	token->data_start = data_start;
	token->data_end = data_end;
	token->end = end;
	token->closed = closed;
	token->bogus = false;
}

/* Runs to the next > and has its data from `at`. */
static void
take_bogus_comment(const struct html_tokenizer *tokenizer, size_t at, struct html_token *token)
{
	size_t close = html_find(tokenizer->bytes, tokenizer->size, at, '>');

	if (close == HTML_NOWHERE)
		take_comment(token, at, tokenizer->size, tokenizer->size, false);
	else
		take_comment(token, at, close, close + 1, true);
	token->bogus = true;
}

/* Two dashes are at `at`: what of "-->" and "--!>" follows, 0 for neither. */
static size_t
comment_close(const char *bytes, size_t size, size_t at)
{
	if (at + 2 < size && bytes[at + 2] == '>')
		return 3;
	if (at + 3 < size && bytes[at + 2] == '!' && bytes[at + 3] == '>')
		return 4;
	return 0;
}

static void
take_cut_comment(const char *bytes, size_t size, size_t at, struct html_token *token)
{
	static const char *const tails[] = { "--!", "--", "-" };
	size_t end = size;

	for (size_t i = 0; i < G_N_ELEMENTS(tails) && end == size; i++) {
		size_t length = strlen(tails[i]);

		if (size - at >= length && memcmp(bytes + size - length, tails[i], length) == 0)
			end = size - length;
	}
	take_comment(token, at, end, size, false);
}

/* `at` is behind <!--. */
static void
take_proper_comment(const char *bytes, size_t size, size_t at, struct html_token *token)
{
	if (at < size && bytes[at] == '>') {
		take_comment(token, at, at, at + 1, true);
		return;
	}
	if (at + 1 < size && bytes[at] == '-' && bytes[at + 1] == '>') {
		take_comment(token, at, at, at + 2, true);
		return;
	}
	for (size_t dash = at; (dash = html_find(bytes, size, dash, '-')) != HTML_NOWHERE; dash++) {
		size_t close = dash + 1 < size && bytes[dash + 1] == '-'
				   ? comment_close(bytes, size, dash)
				   : 0;

		if (close != 0) {
			take_comment(token, at, dash, dash + close, true);
			return;
		}
	}
	take_cut_comment(bytes, size, at, token);
}

static bool
begins(const struct html_tokenizer *tokenizer, size_t at, const char *word)
{
	size_t length = strlen(word);

	return tokenizer->size - at >= length &&
	       g_ascii_strncasecmp(tokenizer->bytes + at, word, length) == 0;
}

/* `token->start` is at <!. False for the opening of a CDATA section, which is no token. */
static bool
take_declaration(struct html_tokenizer *tokenizer, struct html_token *token)
{
	size_t at = token->start + 2;

	if (begins(tokenizer, at, "--")) {
		take_proper_comment(tokenizer->bytes, tokenizer->size, at + 2, token);
	} else if (begins(tokenizer, at, "doctype")) {
		take_bogus_comment(tokenizer, at + strlen("doctype"), token);
		token->kind = HTML_TOKEN_DOCTYPE;
	} else if (tokenizer->foreign && begins(tokenizer, at, "[CDATA[") &&
		   memcmp(tokenizer->bytes + at, "[CDATA[", 7) == 0) {
		tokenizer->content = HTML_CONTENT_CDATA;
		tokenizer->at = at + 7;
		return false;
	} else {
		take_bogus_comment(tokenizer, at, token);
	}
	tokenizer->at = token->end;
	return true;
}

/* --- The tokenizer --- */

void
html_tokenizer_init(struct html_tokenizer *tokenizer, const char *bytes, size_t size)
{
	*tokenizer = (struct html_tokenizer){ .bytes = bytes, .size = size, .name = "" };
}

static bool
take_text(struct html_tokenizer *tokenizer, size_t end, struct html_token *token)
{
	token->kind = HTML_TOKEN_TEXT;
	token->content = tokenizer->content;
	token->start = token->data_start = tokenizer->at;
	token->end = token->data_end = end;
	tokenizer->at = end;
	return true;
}

/* Text in anything but data. False: there is none before the end of this content, and `content` is data now. */
static bool
take_content(struct html_tokenizer *tokenizer, struct html_token *token)
{
	size_t end = HTML_NOWHERE, skip = 0;

	if (tokenizer->content == HTML_CONTENT_CDATA) {
		const char *close = memmem(
		    tokenizer->bytes + tokenizer->at, tokenizer->size - tokenizer->at, "]]>", 3);

		end = close != NULL ? (size_t)(close - tokenizer->bytes) : HTML_NOWHERE;
		skip = 3;
	} else if (tokenizer->content != HTML_CONTENT_PLAINTEXT) {
		end = html_content_end(tokenizer->bytes, tokenizer->size, tokenizer->at,
		    tokenizer->name, tokenizer->content);
	}
	if (end == HTML_NOWHERE)
		return take_text(tokenizer, tokenizer->size, token);
	bool any = end > tokenizer->at;

	if (any)
		take_text(tokenizer, end, token);
	tokenizer->content = HTML_CONTENT_DATA;
	tokenizer->at = end + skip;
	return any;
}

/* Where the text from `at` ends: at a < that begins something. */
static size_t
text_end(const char *bytes, size_t size, size_t at)
{
	for (; (at = html_find(bytes, size, at, '<')) != HTML_NOWHERE; at++) {
		char next = at + 1 < size ? bytes[at + 1] : '\0';

		if (g_ascii_isalpha(next) || next == '!' || next == '?' ||
		    (next == '/' && at + 2 < size))
			return at;
	}
	return size;
}

/* What begins at the < at tokenizer->at. False: nothing that is a token. */
static bool
take_markup(struct html_tokenizer *tokenizer, struct html_token *token)
{
	const char *bytes = tokenizer->bytes;
	size_t at = tokenizer->at;
	char next = bytes[at + 1];
	bool end_tag = next == '/' && g_ascii_isalpha(bytes[at + 2]);

	token->start = at;
	if (next == '!')
		return take_declaration(tokenizer, token);
	if (next == '/' && bytes[at + 2] == '>') {
		tokenizer->at = at + 3;
		return false;
	}
	if (next == '?' || (next == '/' && !end_tag)) {
		take_bogus_comment(tokenizer, next == '?' ? at + 1 : at + 2, token);
	} else if (!html_tag_parse(bytes, tokenizer->size, at, tokenizer->loose, token)) {
		token->kind = HTML_TOKEN_CUT;
		token->end = tokenizer->size;
	}
	tokenizer->at = token->end;
	return true;
}

bool
html_tokenizer_next(struct html_tokenizer *tokenizer, struct html_token *token)
{
	while (tokenizer->at < tokenizer->size) {
		if (tokenizer->content != HTML_CONTENT_DATA) {
			if (take_content(tokenizer, token))
				return true;
			continue;
		}
		size_t end = text_end(tokenizer->bytes, tokenizer->size, tokenizer->at);

		if (end > tokenizer->at)
			return take_text(tokenizer, end, token);
		if (take_markup(tokenizer, token))
			return true;
	}
	return false;
}
