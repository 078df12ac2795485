/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A > ends a doctype even within quotes, so the tokenizer can cut it out first, and its parts are taken from a text whose end is known.
 */
#include "core/read/html_doctype.h"
#include "core/read/html_tagparse.h"

#include <string.h>

struct doctype_text {
	const char *at, *end;
	bool closed; /* a > follows, not the end of the input */
};

static void
skip_space(struct doctype_text *text)
{
	while (text->at < text->end && strchr(" \t\r\n\f", *text->at) != NULL && *text->at != '\0')
		text->at++;
}

static bool
take_word(struct doctype_text *text, const char *word)
{
	size_t length = strlen(word);

	if ((size_t)(text->end - text->at) < length ||
	    g_ascii_strncasecmp(text->at, word, length) != 0)
		return false;
	text->at += length;
	skip_space(text);
	return true;
}

/* NULL where no quote begins here. */
static GString *
take_quoted(struct doctype_text *text, bool *quirks)
{
	if (text->at == text->end || (*text->at != '"' && *text->at != '\''))
		return NULL;

	const char *start = text->at + 1;
	const char *close = memchr(start, *text->at, (size_t)(text->end - start));
	GString *quoted = g_string_new(NULL);

	html_decode(
	    quoted, start, (size_t)((close != NULL ? close : text->end) - start), HTML_DECODE_NUL);
	*quirks |= close == NULL;
	text->at = close != NULL ? close + 1 : text->end;
	skip_space(text);
	return quoted;
}

void
html_doctype_init(struct html_doctype *doctype, const char *bytes, const struct html_token *token)
{
	struct doctype_text text = { bytes + token->data_start, bytes + token->data_end,
		token->closed };

	*doctype = (struct html_doctype){ .quirks = false };
	skip_space(&text);
	const char *name = text.at;
	while (text.at < text.end && (*text.at == '\0' || strchr(" \t\r\n\f", *text.at) == NULL))
		text.at++;
	if (text.at > name) {
		doctype->name = g_string_new(NULL);
		html_decode_name(doctype->name, name, (size_t)(text.at - name));
	}
	skip_space(&text);
	if (text.at == text.end) {
		doctype->quirks = doctype->name == NULL || !text.closed;
		return;
	}
	bool is_public = take_word(&text, "public");
	if (is_public)
		doctype->public_id = take_quoted(&text, &doctype->quirks);
	if (!is_public && !take_word(&text, "system")) {
		doctype->quirks = true;
		return;
	}
	if (!is_public || doctype->public_id != NULL)
		doctype->system_id = take_quoted(&text, &doctype->quirks);
	if (is_public && doctype->public_id != NULL && doctype->system_id == NULL)
		doctype->quirks |= text.at < text.end || !text.closed;
	else
		doctype->quirks |=
		    doctype->system_id == NULL || (text.at == text.end && !text.closed);
}

void
html_doctype_clear(struct html_doctype *doctype)
{
	GString *parts[] = { doctype->name, doctype->public_id, doctype->system_id };

	for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
		if (parts[i] != NULL)
			g_string_free(parts[i], TRUE);
	}
}
