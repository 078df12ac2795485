/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tokenizer runs once over the text. Of the tree that a browser would build no more is known than what decides how tokens are read:
 * whether text is markup, and whether SVG or MathML are open. Whether a browser has left those can only be told by the whole tree, so
 * while they seem open each element is read as markup, and what other readings would make of it is found by html_search.c.
 */
#include "core/read/html.h"

#include <string.h>

#include "core/read/html_code.h"
#include "core/read/html_scan.h"
#include "core/read/html_content.h"

/* Renamed elements are numbered by document, as MailScanner does it by process. */
#define MARK_MODULUS 100000

static bool
is_ascii(const char *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if ((unsigned char)bytes[i] >= 0x80)
			return false;
	}
	return true;
}

char *
html_scan_text(const struct html_scan *scan, size_t start, size_t end, bool decode)
{
	const char *bytes = scan->bytes + start;
	size_t size = end - start;
	g_autofree char *converted = NULL;

	bool utf8 = strcmp(scan->charset->label, "utf-8") == 0;
	if (!is_ascii(bytes, size) && !(utf8 && g_utf8_validate_len(bytes, size, NULL))) {
		converted = html_charset_convert(scan->charset, bytes, size, &size);
		bytes = converted;
	}
	if (!decode)
		return g_utf8_make_valid(bytes, (gssize)size);
	GString *text = g_string_sized_new(size);
	html_decode(
	    text, bytes, size, HTML_DECODE_REFERENCES | HTML_DECODE_ATTRIBUTE | HTML_DECODE_NUL);
	return g_string_free(text, FALSE);
}

char *
html_scan_value(const struct html_scan *scan, const struct html_attribute *attribute)
{
	return attribute == NULL
		   ? NULL
		   : html_scan_text(scan, attribute->value_start, attribute->value_end, true);
}

bool
html_scan_value_is(
    const struct html_scan *scan, const struct html_attribute *attribute, const char *value)
{
	g_autofree char *text = html_scan_value(scan, attribute);

	return text != NULL && g_ascii_strcasecmp(g_strstrip(text), value) == 0;
}

static void walk(struct html_scan *scan, size_t start, size_t end, bool whole);

/* What Outlook reads, and nobody else: a comment that begins with [if and ends with [endif]. Links in it are links. */
static bool
is_conditional(const struct html_scan *scan, const struct html_token *token)
{
	const char *data = scan->bytes + token->data_start;
	size_t size = token->data_end - token->data_start;

	return !token->bogus && size > 12 && memcmp(data, "[if", 3) == 0 &&
	       memchr(data, '>', size) != NULL && memcmp(data + size - 9, "<![endif]", 9) == 0;
}

static void
take_conditional(struct html_scan *scan, const struct html_token *token)
{
	struct html_open_link outer = scan->open;
	struct html_concealment concealment = scan->concealment;
	unsigned foreign = scan->foreign;

	scan->open = (struct html_open_link){ 0 };
	scan->concealment.open = 0;
	walk(scan, token->data_start, token->data_end, false);
	html_links_close(scan, token->data_end);
	scan->open = outer;
	scan->concealment = concealment;
	scan->foreign = foreign;
}

/* In XML: entities can stand for any address, and a sheet can be a program. */
static void
take_xml(struct html_scan *scan, const struct html_token *token)
{
	static const char *const words[] = { "<!ENTITY", "<?xml-stylesheet" };

	for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
		size_t length = strlen(words[i]);
		const char *at = scan->bytes + token->start, *end = scan->bytes + token->end;

		while ((at = memmem(at, (size_t)(end - at), words[i], length)) != NULL) {
			size_t start = (size_t)(at - scan->bytes);

			html_add_tag(scan->facts, HTML_svg_script, start, token->end, words[i] + 2);
			html_add_edit(
			    scan->facts, HTML_svg_script, start + 2, start + length, "MailScanner");
			at += length;
		}
	}
}

static void
take_comment(struct html_scan *scan, const struct html_token *token, bool whole)
{
	if (scan->svg && (token->bogus || token->kind == HTML_TOKEN_DOCTYPE))
		take_xml(scan, token);
	if (whole && is_conditional(scan, token))
		take_conditional(scan, token);
	else if (memchr(scan->bytes + token->data_start, '<', token->data_end - token->data_start))
		html_search_range(scan, token->data_start, token->data_end, 1);
}

static void
take_place(struct html_facts *facts, enum html_element element, const struct html_token *token)
{
	bool start = token->kind == HTML_TOKEN_START;

	if (element == HTML_ELEMENT_html && start && facts->html_open == HTML_NOWHERE)
		facts->html_open = token->end;
	if (element == HTML_ELEMENT_body && start && facts->body_open == HTML_NOWHERE)
		facts->body_open = token->end;
	if (element == HTML_ELEMENT_html && !start)
		facts->html_close = token->start;
	if (element == HTML_ELEMENT_body && !start)
		facts->body_close = token->start;
}

/* The last sheet whose content was read as markup. */
struct foreign_sheet {
	size_t end;
	unsigned style; /* enum html_style */
};

/*
 * A sheet whose content is read as markup is a sheet all the same. Since edits of markup may cross its end, its start tag is what is
 * disarmed, and that of any sheet within it, which would be one then.
 */
static void
take_foreign_sheet(struct html_scan *scan, const struct html_token *token, size_t limit,
    struct foreign_sheet *sheet)
{
	static const struct {
		unsigned style;
		enum html_kind kind;
		const char *detail;
	} rows[] = { { HTML_STYLE_IMPORT, HTML_remote_css, "@import" },
		{ HTML_STYLE_SCRIPT, HTML_script_url, "style" } };
	struct html_start start = { .token = token, .element = HTML_ELEMENT_style };
	bool within = token->end < sheet->end;

	if (!within) {
		size_t end =
		    html_content_end(scan->bytes, limit, token->end, "style", HTML_CONTENT_RAWTEXT);

		sheet->end = end == HTML_NOWHERE ? limit : end;
		sheet->style = html_style_sheet(scan->bytes + token->end, sheet->end - token->end);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (!(sheet->style & rows[i].style))
			continue;
		if (!within)
			html_add_tag(
			    scan->facts, rows[i].kind, token->end, sheet->end, rows[i].detail);
		html_disarm_rename(scan, rows[i].kind, &start);
	}
}

static void
walk(struct html_scan *scan, size_t start, size_t end, bool whole)
{
	struct html_tokenizer tokenizer;
	struct html_absent absent = { { false }, false };
	g_autofree struct html_token *token = g_new(struct html_token, 1);
	enum html_element element;
	struct foreign_sheet sheet = { 0, 0 };

	html_tokenizer_init(&tokenizer, scan->bytes, end);
	tokenizer.at = start;
	while (html_tokenizer_next(&tokenizer, token)) {
		switch (token->kind) {
		case HTML_TOKEN_TEXT:
			html_links_text(scan, token->start, token->end);
			break;
		case HTML_TOKEN_START:
			element = html_tags_start(scan, token, 0);
			tokenizer.at = html_search_content(scan, &absent, token, element, end, 0);
			if (element == HTML_ELEMENT_style && scan->foreign > 0)
				take_foreign_sheet(scan, token, end, &sheet);
			if (whole)
				take_place(scan->facts, element, token);
			break;
		case HTML_TOKEN_END:
			element = html_tags_end(scan, token);
			if (whole)
				take_place(scan->facts, element, token);
			break;
		case HTML_TOKEN_COMMENT:
		case HTML_TOKEN_DOCTYPE:
			take_comment(scan, token, whole);
			break;
		case HTML_TOKEN_CUT:
			html_search_range(scan, token->start, token->end, 1);
			break;
		}
	}
}

static struct html_facts *
read_text(
    const char *bytes, size_t size, const struct html_charset *charset, bool svg, unsigned level)
{
	struct html_scan scan = {
		.bytes = bytes,
		.size = size,
		.charset = charset,
		.facts = html_facts_new(),
		.svg = svg,
		.foreign = svg ? 1 : 0,
		.level = level,
		.mark = (unsigned)(size % MARK_MODULUS),
	};

	walk(&scan, 0, size, true);
	html_links_close(&scan, size);
	html_edits_settle(scan.facts);
	scan.facts->length = size;
	return scan.facts;
}

struct html_facts *
html_scan_inner(const struct html_scan *scan, const char *text)
{
	if (scan->level >= HTML_DEPTH_MAX)
		return NULL;
	size_t size = strlen(text);
	return read_text(text, size, html_charset_of("", 0, ""), false, scan->level + 1);
}

struct html_facts *
html_read(const char *bytes, size_t size, const char *charset, bool svg)
{
	const struct html_charset *found = html_charset_of(bytes, size, charset);
	g_autofree char *text = NULL;
	struct html_facts *facts;

	if (size == 0)
		bytes = "";
	if (found->ascii)
		return read_text(bytes, size, found, svg, 0);
	text = html_charset_convert(found, bytes, size, &size);
	facts = read_text(text, size, html_charset_of("", 0, ""), svg, 0);
	facts->transcoded = g_strdup(found->label);
	return facts;
}

void
html_prepare(void)
{
	html_charset_prepare();
}
