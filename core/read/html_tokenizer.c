/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The standard describes eighty states of one character each. Since tokens are ranges here, most of them collapse into a search: text
 * runs to a `<` that begins something, a comment to its end, a value to its quote. What is left of each group of states is one
 * function, named for it.
 */
#include "core/read/html_tokenizer.h"

#include <string.h>

static bool
is_space(char byte)
{
	return byte == ' ' || byte == '\n' || byte == '\t' || byte == '\r' || byte == '\f';
}

static bool
ends_name(char byte)
{
	return is_space(byte) || byte == '/' || byte == '>';
}

static size_t
find(const char *bytes, size_t size, size_t at, char byte)
{
	const char *found = at < size ? memchr(bytes + at, byte, size - at) : NULL;

	return found != NULL ? (size_t)(found - bytes) : HTML_NOWHERE;
}

static size_t
skip_space(const char *bytes, size_t size, size_t at)
{
	while (at < size && is_space(bytes[at]))
		at++;
	return at;
}

void
html_decode_name(GString *out, const char *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (bytes[i] == '\0')
			g_string_append_unichar(out, 0xFFFD);
		else
			g_string_append_c(out, g_ascii_tolower(bytes[i]));
	}
}

bool
html_attribute_repeats(
    const char *bytes, const struct html_token *token, const struct html_attribute *attribute)
{
	size_t length = attribute->name_end - attribute->start;

	for (const struct html_attribute *other = token->attributes; other < attribute; other++) {
		if (other->name_end - other->start == length &&
		    g_ascii_strncasecmp(bytes + other->start, bytes + attribute->start, length) ==
			0 &&
		    (memchr(bytes + other->start, '\0', length) == NULL ||
			memcmp(bytes + other->start, bytes + attribute->start, length) == 0))
			return true;
	}
	return false;
}

/* --- Tags --- */

static bool
ends_loosely(char byte, bool loose)
{
	return loose && byte == '<';
}

static size_t
unquoted_end(const char *bytes, size_t size, size_t at, bool loose)
{
	while (at < size && !is_space(bytes[at]) && bytes[at] != '>' &&
	       !ends_loosely(bytes[at], loose))
		at++;
	return at;
}

/* The value behind an equals sign at `at`. False where the input ends in it. */
static bool
parse_value(const char *bytes, size_t size, size_t at, bool loose, struct html_attribute *attribute)
{
	at = skip_space(bytes, size, at);
	attribute->value_start = at;
	if (at < size && (bytes[at] == '"' || bytes[at] == '\'')) {
		size_t close = find(bytes, size, at + 1, bytes[at]);

		if (close != HTML_NOWHERE) {
			attribute->quote = bytes[at];
			attribute->value_start = at + 1;
			attribute->value_end = close;
			attribute->end = close + 1;
			return true;
		}
		if (!loose)
			return false;
		attribute->open = bytes[at];
		attribute->value_start = ++at;
	}
	attribute->value_end = attribute->end = unquoted_end(bytes, size, at, loose);
	return true;
}

/* The attribute that begins at `at`; a leading equals sign belongs to its name. */
static bool
parse_attribute(
    const char *bytes, size_t size, size_t at, bool loose, struct html_attribute *attribute)
{
	attribute->start = at++;
	while (at < size && !ends_name(bytes[at]) && bytes[at] != '=' &&
	       !ends_loosely(bytes[at], loose))
		at++;
	attribute->name_end = at;
	attribute->value_start = attribute->value_end = attribute->end = at;
	attribute->quote = attribute->open = '\0';
	at = skip_space(bytes, size, at);
	if (at < size && bytes[at] == '=')
		return parse_value(bytes, size, at + 1, loose, attribute);
	return true;
}

/* The last one that was kept goes too: what an edit puts in place of the crowd may be an attribute, and must not be a crowd again. */
static void
begin_crowd(struct html_token *token)
{
	const struct html_attribute *last = &token->attributes[--token->count];

	token->crowd = last->start;
	token->crowd_open = last->open;
}

bool
html_tag_parse(const char *bytes, size_t size, size_t at, bool loose, struct html_token *token)
{
	struct html_attribute spare, *attribute;

	token->start = at++;
	token->kind = bytes[at] == '/' ? HTML_TOKEN_END : HTML_TOKEN_START;
	if (bytes[at] == '/')
		at++;
	token->data_start = at;
	while (at < size && !ends_name(bytes[at]) && !ends_loosely(bytes[at], loose))
		at++;
	token->data_end = at;
	token->count = 0;
	token->crowd = HTML_NOWHERE;
	token->crowd_open = '\0';
	token->self_closing = false;
	while (at < size) {
		if (bytes[at] == '>') {
			token->self_closing =
			    bytes[at - 1] == '/' && at > token->data_end &&
			    (token->count == 0 ||
				at - 1 >= token->attributes[token->count - 1].end);
			token->end = at + 1;
			return true;
		}
		if (is_space(bytes[at]) || bytes[at] == '/') {
			at++;
			continue;
		}
		if (ends_loosely(bytes[at], loose))
			break;
		if (token->count == HTML_ATTRIBUTES_MAX)
			begin_crowd(token);
		attribute =
		    token->crowd == HTML_NOWHERE ? &token->attributes[token->count++] : &spare;
		if (!parse_attribute(bytes, size, at, loose, attribute))
			return false;
		if (attribute == &spare && spare.open != '\0')
			token->crowd_open = spare.open;
		at = attribute->end;
	}
	token->end = at;
	return loose;
}

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
	size_t close = find(tokenizer->bytes, tokenizer->size, at, '>');

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
	for (size_t dash = at; (dash = find(bytes, size, dash, '-')) != HTML_NOWHERE; dash++) {
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

/* --- Content that is no markup --- */

static bool
is_end_tag(const char *bytes, size_t size, size_t at, const char *name, size_t length)
{
	return size - at > length + 2 && bytes[at + 1] == '/' &&
	       ends_name(bytes[at + 2 + length]) &&
	       g_ascii_strncasecmp(bytes + at + 2, name, length) == 0;
}

/* Behind the letters of <script or </script; `is_script` where they were these and a delimiter follows. */
static size_t
skip_letters(const char *bytes, size_t size, size_t at, bool *is_script)
{
	size_t end = at;

	while (end < size && g_ascii_isalpha(bytes[end]))
		end++;
	*is_script = end < size && ends_name(bytes[end]) && end - at == 6 &&
		     g_ascii_strncasecmp(bytes + at, "script", 6) == 0;
	return end;
}

/*
 * A script's content with its escapes: behind <!-- it is escaped until -->; a <script within it is passed over up to its </script.
 * `dashes` is where the dashes of the <!-- began, since those may belong to the --> as well.
 */
static size_t
script_end(const char *bytes, size_t size, size_t at, const char *name)
{
	enum { PLAIN, ESCAPED, DOUBLE } state = PLAIN;
	size_t dashes = 0, length = strlen(name);
	bool is_script;

	while (at < size) {
		if (state == PLAIN && (at = find(bytes, size, at, '<')) == HTML_NOWHERE)
			return HTML_NOWHERE;
		if (bytes[at] == '>' && state != PLAIN) {
			if (at >= dashes + 2 && bytes[at - 1] == '-' && bytes[at - 2] == '-')
				state = PLAIN;
			at++;
			continue;
		}
		if (bytes[at++] != '<')
			continue;
		if (state != DOUBLE && is_end_tag(bytes, size, at - 1, name, length))
			return at - 1;
		if (state == PLAIN && size - at >= 3 && memcmp(bytes + at, "!--", 3) == 0) {
			state = ESCAPED;
			dashes = at + 1;
			at += 3;
		} else if (state == ESCAPED && at < size && g_ascii_isalpha(bytes[at])) {
			at = skip_letters(bytes, size, at, &is_script);
			if (is_script) {
				state = DOUBLE;
				at++;
			} else if (at < size && bytes[at] == '>') {
				at++;
			}
		} else if (state == DOUBLE && at < size && bytes[at] == '/') {
			at = skip_letters(bytes, size, at + 1, &is_script);
			if (is_script) {
				state = ESCAPED;
				at++;
			}
		}
	}
	return HTML_NOWHERE;
}

size_t
html_content_end(
    const char *bytes, size_t size, size_t at, const char *name, enum html_content content)
{
	size_t length = strlen(name);

	if (content == HTML_CONTENT_SCRIPT)
		return script_end(bytes, size, at, name);
	for (; (at = find(bytes, size, at, '<')) != HTML_NOWHERE; at++) {
		if (is_end_tag(bytes, size, at, name, length))
			return at;
	}
	return HTML_NOWHERE;
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
	for (; (at = find(bytes, size, at, '<')) != HTML_NOWHERE; at++) {
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
