/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A value runs to its quote, a name to what ends it. An attribute that stands twice counts once, the first time.
 */
#include "core/read/html_tagparse.h"

#include <string.h>

static size_t
skip_space(const char *bytes, size_t size, size_t at)
{
	while (at < size && html_is_space(bytes[at]))
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

static bool
ends_loosely(char byte, bool loose)
{
	return loose && byte == '<';
}

static size_t
unquoted_end(const char *bytes, size_t size, size_t at, bool loose)
{
	while (at < size && !html_is_space(bytes[at]) && bytes[at] != '>' &&
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
		size_t close = html_find(bytes, size, at + 1, bytes[at]);

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
	while (at < size && !html_ends_name(bytes[at]) && bytes[at] != '=' &&
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
	while (at < size && !html_ends_name(bytes[at]) && !ends_loosely(bytes[at], loose))
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
		if (html_is_space(bytes[at]) || bytes[at] == '/') {
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
