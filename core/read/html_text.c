/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a reader would see, in the order of the source: the tags say where lines begin (html_effects.h), the writer how they look
 * (html_writer.h).
 */
#include "core/read/html.h"

#include <string.h>

#include "core/read/html_charset.h"
#include "core/read/html_content.h"
#include "core/read/html_effects.h"
#include "core/read/html_tokenizer.h"
#include "core/read/html_words.h"
#include "core/read/html_writer.h"

struct text {
	const char *bytes; /* UTF-8 */
	size_t size;
	struct html_writer writer;
	char *href;		   /* of the open link */
	size_t link;		   /* where its text begins */
	bool absent[HTML_EFFECTS]; /* no end tag of it follows */
};

static void
write_text(struct text *text, size_t start, size_t end, bool references)
{
	g_autoptr(GString) decoded = g_string_sized_new(end - start);

	html_decode(decoded, text->bytes + start, end - start,
	    HTML_DECODE_NUL | (references ? HTML_DECODE_REFERENCES : 0));
	html_writer_text(&text->writer, decoded->str, decoded->len);
}

/* Decoded; NULL where the tag has no such attribute. The caller's. */
static char *
value_of(const struct text *text, const struct html_token *token, const char *name)
{
	for (unsigned i = 0; i < token->count; i++) {
		const struct html_attribute *attribute = &token->attributes[i];
		char word[HTML_WORD_MAX];

		html_word_lower(
		    text->bytes + attribute->start, attribute->name_end - attribute->start, word);
		if (strcmp(word, name) != 0)
			continue;
		GString *value = g_string_new(NULL);
		html_decode(value, text->bytes + attribute->value_start,
		    attribute->value_end - attribute->value_start,
		    HTML_DECODE_REFERENCES | HTML_DECODE_ATTRIBUTE | HTML_DECODE_NUL);
		return g_strstrip(g_string_free(value, FALSE));
	}
	return NULL;
}

/* The address behind the text, unless the text is the address. */
static void
close_link(struct text *text)
{
	struct html_writer *writer = &text->writer;
	g_autofree char *href = g_steal_pointer(&text->href);

	if (href == NULL)
		return;
	const char *bare = g_str_has_prefix(href, "mailto:") ? href + strlen("mailto:") : href;
	const char *shown = writer->out->str + MIN(text->link, writer->out->len);
	shown += strspn(shown, " \n");
	if (strcmp(shown, bare) == 0 || href[0] == '#' || href[0] == '\0')
		return;
	g_strdelimit(href, "\r\n", ' ');
	writer->space = true;
	html_writer_settle(writer);
	g_string_append_printf(writer->out, "<%s>", href);
}

static void
change_link(struct text *text, const struct html_token *token)
{
	close_link(text);
	if (token->kind != HTML_TOKEN_START)
		return;
	text->href = value_of(text, token, "href");
	text->link = text->writer.out->len;
}

static void
write_value(struct text *text, const struct html_token *token, const char *name)
{
	g_autofree char *value = value_of(text, token, name);

	if (value == NULL || value[0] == '\0')
		return;
	html_writer_settle(&text->writer);
	g_string_append_c(text->writer.out, '[');
	html_writer_words(&text->writer, value, strlen(value));
	g_string_append_c(text->writer.out, ']');
}

static void
write_field(struct text *text, const struct html_token *token)
{
	g_autofree char *type = value_of(text, token, "type");

	if (type == NULL || g_ascii_strcasecmp(type, "hidden") != 0)
		write_value(text, token, "value");
}

static void
write_rule(struct html_writer *writer)
{
	html_writer_owe(writer, 1);
	html_writer_settle(writer);
	g_string_append(writer->out, "----------");
	html_writer_owe(writer, 1);
}

static void
write_break(struct html_writer *writer)
{
	writer->owed += writer->owed < 2;
	writer->space = writer->cell = false;
}

/* A quote or a preformatted text begins or ends. */
static void
change(struct html_writer *writer, unsigned *depth, bool start)
{
	html_writer_owe(writer, 1);
	if (start)
		(*depth)++;
	else if (*depth > 0)
		(*depth)--;
}

/* What is shown in place of a tag. */
static void
show(struct text *text, enum html_effect effect, const struct html_token *token)
{
	if (effect == HTML_EFFECT_link)
		change_link(text, token);
	else if (effect == HTML_EFFECT_image)
		write_value(text, token, "alt");
	else if (effect == HTML_EFFECT_field)
		write_field(text, token);
}

/* What a tag does to the lines. */
static void
lay_out(struct html_writer *writer, enum html_effect effect, bool start)
{
	switch (effect) {
	case HTML_EFFECT_line:
	case HTML_EFFECT_row:
	case HTML_EFFECT_raw:
	case HTML_EFFECT_raw_references:
		html_writer_owe(writer, 1);
		break;
	case HTML_EFFECT_blank:
		html_writer_owe(writer, 2);
		break;
	case HTML_EFFECT_break:
		write_break(writer);
		break;
	case HTML_EFFECT_rule:
		write_rule(writer);
		break;
	case HTML_EFFECT_item:
		html_writer_item(writer, start);
		break;
	case HTML_EFFECT_list:
	case HTML_EFFECT_numbers:
		html_writer_list(writer, start, effect == HTML_EFFECT_numbers);
		break;
	case HTML_EFFECT_cell:
		html_writer_cell(writer);
		break;
	case HTML_EFFECT_quote:
		change(writer, &writer->quotes, start);
		break;
	case HTML_EFFECT_pre:
		change(writer, &writer->pre, start);
		break;
	case HTML_EFFECT_link:
	case HTML_EFFECT_image:
	case HTML_EFFECT_field:
	case HTML_EFFECT_dropped:
		break;
	}
}

static bool
is_raw(enum html_effect effect)
{
	return effect == HTML_EFFECT_dropped || effect == HTML_EFFECT_raw ||
	       effect == HTML_EFFECT_raw_references;
}

/* Where to go on behind a start tag. An element without an end tag hides nothing. */
static size_t
take_raw(struct text *text, size_t row, const struct html_token *token)
{
	enum html_effect effect = html_effect_at(row)->effect;
	const char *name = html_effect_at(row)->name;
	size_t end = HTML_NOWHERE;

	if (!text->absent[row])
		end = html_content_end(text->bytes, text->size, token->end, name,
		    name[1] == 'c' ? HTML_CONTENT_SCRIPT : HTML_CONTENT_RAWTEXT);
	text->absent[row] = end == HTML_NOWHERE;
	if (end == HTML_NOWHERE)
		return token->end;
	if (effect != HTML_EFFECT_dropped)
		write_text(text, token->end, end, effect == HTML_EFFECT_raw_references);
	return end;
}

/* Where to go on behind the tag. */
static size_t
take_tag(struct text *text, const struct html_token *token)
{
	bool start = token->kind == HTML_TOKEN_START;
	char word[HTML_WORD_MAX];

	html_word_lower(text->bytes + token->data_start, token->data_end - token->data_start, word);
	size_t row = html_effect_find(word);
	if (row == HTML_EFFECTS)
		return token->end;
	enum html_effect effect = html_effect_at(row)->effect;
	show(text, effect, token);
	lay_out(&text->writer, effect, start);
	return start && is_raw(effect) ? take_raw(text, row, token) : token->end;
}

static void
walk(struct text *text)
{
	struct html_tokenizer tokenizer;
	g_autofree struct html_token *token = g_new(struct html_token, 1);

	html_tokenizer_init(&tokenizer, text->bytes, text->size);
	while (html_tokenizer_next(&tokenizer, token)) {
		if (token->kind == HTML_TOKEN_TEXT)
			write_text(text, token->start, token->end, true);
		/* An open quote must not hide the rest. */
		if (token->kind == HTML_TOKEN_CUT) {
			tokenizer.loose = true;
			tokenizer.at = token->start;
		}
		if (token->kind == HTML_TOKEN_START || token->kind == HTML_TOKEN_END)
			tokenizer.at = take_tag(text, token);
	}
	close_link(text);
}

char *
html_to_text(const char *bytes, size_t size, const char *charset)
{
	g_autofree char *utf8 =
	    html_charset_convert(html_charset_of(bytes, size, charset), bytes, size, &size);
	struct text text = {
		.bytes = utf8, .size = size, .writer = { .out = g_string_sized_new(size / 2) }
	};

	walk(&text);
	if (text.writer.out->len > 0)
		g_string_append_c(text.writer.out, '\n');
	return g_string_free(text.writer.out, FALSE);
}
