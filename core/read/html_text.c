/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text is written as it comes, and line breaks are only owed until more text does: so blocks within blocks, which mail is made of, give one
 * break and not ten. A cell that follows another with text in its row is set off by a bar; in layout tables most cells are alone.
 */
#include "core/read/html.h"

#include <string.h>

#include "core/read/html_charset.h"
#include "core/read/html_tokenizer.h"
#include "core/read/html_words.h"

/* Deeper quotes and lists look like these. */
#define DEPTH_MAX 8

/* What a tag does to the text. */
enum effect {
	LINE,	 /* begins a line and ends one */
	BLANK,	 /* so, with a blank line around it */
	BREAK,	 /* br */
	RULE,	 /* hr */
	ITEM,	 /* li */
	LIST,	 /* ul and the like */
	NUMBERS, /* ol */
	ROW,
	CELL,
	QUOTE,
	PRE,
	LINK,
	IMAGE,
	FIELD,	 /* input: its value shows */
	DROPPED, /* script, style: content that nobody reads */
	RAW,	 /* text to its end tag, no markup; a block */
	RAW_REFERENCES,
	INLINE,
};

static const struct {
	const char *name;
	enum effect effect;
} effects[] = {
	{ "a", LINK },
	{ "address", LINE },
	{ "article", LINE },
	{ "aside", LINE },
	{ "blockquote", QUOTE },
	{ "body", LINE },
	{ "br", BREAK },
	{ "button", LINE },
	{ "caption", LINE },
	{ "center", LINE },
	{ "dd", LINE },
	{ "details", LINE },
	{ "dir", LIST },
	{ "div", LINE },
	{ "dl", BLANK },
	{ "dt", LINE },
	{ "fieldset", LINE },
	{ "figcaption", LINE },
	{ "figure", LINE },
	{ "footer", LINE },
	{ "form", LINE },
	{ "h1", BLANK },
	{ "h2", BLANK },
	{ "h3", BLANK },
	{ "h4", BLANK },
	{ "h5", BLANK },
	{ "h6", BLANK },
	{ "head", LINE },
	{ "header", LINE },
	{ "hr", RULE },
	{ "html", LINE },
	{ "image", IMAGE },
	{ "img", IMAGE },
	{ "input", FIELD },
	{ "legend", LINE },
	{ "li", ITEM },
	{ "main", LINE },
	{ "menu", LIST },
	{ "nav", LINE },
	{ "ol", NUMBERS },
	{ "option", LINE },
	{ "p", BLANK },
	{ "pre", PRE },
	{ "script", DROPPED },
	{ "section", LINE },
	{ "select", LINE },
	{ "style", DROPPED },
	{ "summary", LINE },
	{ "table", LINE },
	{ "tbody", LINE },
	{ "td", CELL },
	{ "textarea", RAW_REFERENCES },
	{ "tfoot", LINE },
	{ "th", CELL },
	{ "thead", LINE },
	{ "title", RAW_REFERENCES },
	{ "tr", ROW },
	{ "ul", LIST },
	{ "xmp", RAW },
};

struct writer {
	const char *bytes; /* UTF-8 */
	size_t size;
	GString *out;
	unsigned owed; /* line breaks before the next text */
	bool space;    /* a blank is owed */
	bool begun;    /* the line has text */
	bool cell;     /* a bar is owed: the row has text in an earlier cell on this line */
	unsigned pre, quotes, lists;
	unsigned numbers[DEPTH_MAX]; /* of each open list: the last number; 0: bullets */
	bool numbered[DEPTH_MAX];
	bool item;			    /* the mark of a list item is owed */
	char *href;			    /* of the open link */
	size_t link;			    /* where its text begins in `out` */
	bool absent[G_N_ELEMENTS(effects)]; /* no end tag of it follows */
};

static size_t
effect_row(const char *word)
{
	size_t i = 0;

	while (i < G_N_ELEMENTS(effects) && effects[i].name[0] < word[0])
		i++;
	for (; i < G_N_ELEMENTS(effects) && effects[i].name[0] == word[0]; i++) {
		if (strcmp(effects[i].name, word) == 0)
			return i;
	}
	return G_N_ELEMENTS(effects);
}

static void
owe_lines(struct writer *writer, unsigned lines)
{
	writer->owed = MAX(writer->owed, lines);
	writer->space = writer->cell = false;
}

static void
begin_line(struct writer *writer)
{
	for (unsigned i = 0; i < MIN(writer->quotes, DEPTH_MAX); i++)
		g_string_append(writer->out, "> ");
	for (unsigned i = 1; i < MIN(writer->lists, DEPTH_MAX); i++)
		g_string_append(writer->out, "  ");
}

static void
write_mark(struct writer *writer)
{
	unsigned list = CLAMP(writer->lists, 1, DEPTH_MAX) - 1;

	writer->item = false;
	if (writer->lists > 0 && writer->numbered[list])
		g_string_append_printf(writer->out, "%u. ", ++writer->numbers[list]);
	else
		g_string_append(writer->out, "* ");
}

/* Pays what is owed before text. */
static void
settle(struct writer *writer)
{
	if (writer->owed > 0 && writer->out->len > 0) {
		for (unsigned i = 0; i < writer->owed; i++)
			g_string_append_c(writer->out, '\n');
		writer->begun = false;
	}
	if (!writer->begun)
		begin_line(writer);
	else if (writer->cell)
		g_string_append(writer->out, " | ");
	else if (writer->space)
		g_string_append_c(writer->out, ' ');
	writer->owed = 0;
	writer->space = writer->cell = false;
	writer->begun = true;
	if (writer->item)
		write_mark(writer);
}

static void
write_line(struct writer *writer, const char *text, size_t size)
{
	while (size > 0) {
		size_t blank = strspn(text, " \t\n\r\f"), word;

		blank = MIN(blank, size);
		writer->space |= blank > 0;
		text += blank;
		size -= blank;
		word = MIN(strcspn(text, " \t\n\r\f"), size);
		if (word == 0)
			continue;
		settle(writer);
		g_string_append_len(writer->out, text, (gssize)word);
		text += word;
		size -= word;
	}
}

static void
write_preformatted(struct writer *writer, const char *text, size_t size)
{
	while (size > 0) {
		const char *end = memchr(text, '\n', size);
		size_t length = end != NULL ? (size_t)(end - text) : size;

		if (length > 0) {
			settle(writer);
			g_string_append_len(writer->out, text, (gssize)length);
		}
		text += length;
		size -= length;
		if (size > 0) {
			writer->owed++;
			text++;
			size--;
		}
	}
}

static void
write_text(struct writer *writer, size_t start, size_t end, bool references)
{
	GString *text = g_string_sized_new(end - start);

	html_decode(text, writer->bytes + start, end - start,
	    HTML_DECODE_NUL | (references ? HTML_DECODE_REFERENCES : 0));
	if (writer->pre > 0)
		write_preformatted(writer, text->str, text->len);
	else
		write_line(writer, text->str, text->len);
	g_string_free(text, TRUE);
}

/* Decoded; NULL where the tag has no such attribute. The caller's. */
static char *
value_of(const struct writer *writer, const struct html_token *token, const char *name)
{
	for (unsigned i = 0; i < token->count; i++) {
		const struct html_attribute *attribute = &token->attributes[i];
		char word[HTML_WORD_MAX];

		html_word_lower(
		    writer->bytes + attribute->start, attribute->name_end - attribute->start, word);
		if (strcmp(word, name) != 0)
			continue;
		GString *value = g_string_new(NULL);
		html_decode(value, writer->bytes + attribute->value_start,
		    attribute->value_end - attribute->value_start,
		    HTML_DECODE_REFERENCES | HTML_DECODE_ATTRIBUTE | HTML_DECODE_NUL);
		return g_strstrip(g_string_free(value, FALSE));
	}
	return NULL;
}

/* The address behind the text, unless the text is the address. */
static void
close_link(struct writer *writer)
{
	g_autofree char *href = g_steal_pointer(&writer->href);

	if (href == NULL)
		return;
	const char *bare = g_str_has_prefix(href, "mailto:") ? href + strlen("mailto:") : href;
	const char *text = writer->out->str + MIN(writer->link, writer->out->len);
	text += strspn(text, " \n");
	if (strcmp(text, bare) == 0 || href[0] == '#' || href[0] == '\0')
		return;
	g_strdelimit(href, "\r\n", ' ');
	writer->space = true;
	settle(writer);
	g_string_append_printf(writer->out, "<%s>", href);
}

static void
open_link(struct writer *writer, const struct html_token *token)
{
	close_link(writer);
	writer->href = value_of(writer, token, "href");
	writer->link = writer->out->len;
}

static void
write_value(struct writer *writer, const struct html_token *token, const char *name)
{
	g_autofree char *value = value_of(writer, token, name);

	if (value == NULL || value[0] == '\0')
		return;
	settle(writer);
	g_string_append_c(writer->out, '[');
	write_line(writer, value, strlen(value));
	g_string_append_c(writer->out, ']');
}

static void
write_field(struct writer *writer, const struct html_token *token)
{
	g_autofree char *type = value_of(writer, token, "type");

	if (type == NULL || g_ascii_strcasecmp(type, "hidden") != 0)
		write_value(writer, token, "value");
}

static void
change_list(struct writer *writer, bool start, bool numbered)
{
	owe_lines(writer, 1);
	if (start) {
		if (writer->lists < DEPTH_MAX) {
			writer->numbers[writer->lists] = 0;
			writer->numbered[writer->lists] = numbered;
		}
		writer->lists++;
	} else if (writer->lists > 0) {
		writer->lists--;
	}
	writer->item = false;
}

static void
change(unsigned *depth, bool start)
{
	if (start)
		(*depth)++;
	else if (*depth > 0)
		(*depth)--;
}

static void
apply(struct writer *writer, enum effect effect, const struct html_token *token)
{
	bool start = token->kind == HTML_TOKEN_START;

	switch (effect) {
	case LINE:
	case ROW:
	case RAW:
	case RAW_REFERENCES:
		owe_lines(writer, 1);
		break;
	case BLANK:
		owe_lines(writer, 2);
		break;
	case BREAK:
		writer->owed += writer->owed < 2;
		writer->space = writer->cell = false;
		break;
	case RULE:
		owe_lines(writer, 1);
		settle(writer);
		g_string_append(writer->out, "----------");
		owe_lines(writer, 1);
		break;
	case ITEM:
		owe_lines(writer, 1);
		writer->item = start;
		break;
	case LIST:
		change_list(writer, start, false);
		break;
	case NUMBERS:
		change_list(writer, start, true);
		break;
	case CELL:
		writer->cell = writer->begun && writer->owed == 0;
		writer->space = false;
		break;
	case QUOTE:
		owe_lines(writer, 1);
		change(&writer->quotes, start);
		break;
	case PRE:
		owe_lines(writer, 1);
		change(&writer->pre, start);
		break;
	case LINK:
		if (start)
			open_link(writer, token);
		else
			close_link(writer);
		break;
	case IMAGE:
		write_value(writer, token, "alt");
		break;
	case FIELD:
		write_field(writer, token);
		break;
	case DROPPED:
	case INLINE:
		break;
	}
}

static bool
is_raw(enum effect effect)
{
	return effect == DROPPED || effect == RAW || effect == RAW_REFERENCES;
}

/* Where to go on behind a start tag. An element without an end tag hides nothing. */
static size_t
take_raw(struct writer *writer, size_t row, const struct html_token *token)
{
	enum effect effect = effects[row].effect;
	const char *name = effects[row].name;
	size_t end = HTML_NOWHERE;

	if (!writer->absent[row])
		end = html_content_end(writer->bytes, writer->size, token->end, name,
		    name[1] == 'c' ? HTML_CONTENT_SCRIPT : HTML_CONTENT_RAWTEXT);
	writer->absent[row] = end == HTML_NOWHERE;
	if (end == HTML_NOWHERE)
		return token->end;
	if (effect != DROPPED)
		write_text(writer, token->end, end, effect == RAW_REFERENCES);
	return end;
}

static void
walk(struct writer *writer)
{
	struct html_tokenizer tokenizer;
	g_autofree struct html_token *token = g_new(struct html_token, 1);
	char word[HTML_WORD_MAX];

	html_tokenizer_init(&tokenizer, writer->bytes, writer->size);
	while (html_tokenizer_next(&tokenizer, token)) {
		if (token->kind == HTML_TOKEN_TEXT)
			write_text(writer, token->start, token->end, true);
		/* An open quote must not hide the rest. */
		if (token->kind == HTML_TOKEN_CUT) {
			tokenizer.loose = true;
			tokenizer.at = token->start;
		}
		if (token->kind != HTML_TOKEN_START && token->kind != HTML_TOKEN_END)
			continue;
		html_word_lower(
		    writer->bytes + token->data_start, token->data_end - token->data_start, word);
		size_t row = effect_row(word);
		if (row == G_N_ELEMENTS(effects))
			continue;
		apply(writer, effects[row].effect, token);
		if (token->kind == HTML_TOKEN_START && is_raw(effects[row].effect))
			tokenizer.at = take_raw(writer, row, token);
	}
	close_link(writer);
}

char *
html_to_text(const char *bytes, size_t size, const char *charset)
{
	g_autofree char *text =
	    html_charset_convert(html_charset_of(bytes, size, charset), bytes, size, &size);
	struct writer writer = { .bytes = text, .size = size, .out = g_string_sized_new(size / 2) };

	walk(&writer);
	if (writer.out->len > 0)
		g_string_append_c(writer.out, '\n');
	return g_string_free(writer.out, FALSE);
}
