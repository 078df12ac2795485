/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A tag gets a name that no browser knows, as MailScanner does it, so that whoever looks into the source sees what was done; the rest of
 * the tag stays. An attribute that goes leaves a blank, since its neighbours must not grow together, and where an equals sign follows, which
 * had been part of the next name, a slash keeps it from giving the last attribute a value.
 */
#include "core/read/html_scan.h"

#include <string.h>

#include "core/read/html_code.h"
#include "core/read/html_tagparse.h"

/* What follows MailScanner in the new name. */
static const struct {
	enum html_element element;
	const char *name;
} names[] = {
	{ HTML_ELEMENT_base, "Base" },
	{ HTML_ELEMENT_button, "Button" },
	{ HTML_ELEMENT_form, "Form" },
	{ HTML_ELEMENT_frame, "Frame" },
	{ HTML_ELEMENT_handler, "Script" },
	{ HTML_ELEMENT_input, "Input" },
	{ HTML_ELEMENT_link, "Link" },
	{ HTML_ELEMENT_script, "Script" },
	{ HTML_ELEMENT_style, "Style" },
	{ HTML_ELEMENT_object, "Object" },
	{ HTML_ELEMENT_applet, "Object" },
	{ HTML_ELEMENT_embed, "Object" },
};

static const char *
new_name(enum html_element element)
{
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		if (names[i].element == element)
			return names[i].name;
	}
	return "IFrame";
}

/* An equals sign is the next that is no blank. */
static bool
equals_follows(const struct html_scan *scan, size_t at)
{
	while (at < scan->size && strchr(" \t\r\n\f", scan->bytes[at]) != NULL &&
	       scan->bytes[at] != '\0')
		at++;
	return at < scan->size && scan->bytes[at] == '=';
}

void
html_disarm_rename(struct html_scan *scan, enum html_kind kind, const struct html_start *start)
{
	const struct html_token *token = start->token;
	bool line = start->element == HTML_ELEMENT_form && start->depth == 0;
	g_autoptr(GString) text = g_string_new(line ? "<BR><" : NULL);

	g_string_append_printf(text, "MailScanner%s%u", new_name(start->element), scan->mark);
	if (!scan->svg) {
		g_string_append_c(text, ' ');
		for (size_t i = token->data_start; i < token->data_end; i++) {
			if (scan->bytes[i] != '\0')
				g_string_append_c(text, scan->bytes[i]);
		}
		if (equals_follows(scan, token->data_end))
			g_string_append_c(text, '/');
	}
	html_add_edit(
	    scan->facts, kind, line ? token->start : token->data_start, token->data_end, text->str);
}

void
html_disarm_end(struct html_scan *scan, enum html_kind kind, enum html_element element,
    const struct html_token *token)
{
	g_autofree char *name = g_strdup_printf("MailScanner%s%u", new_name(element), scan->mark);

	html_add_edit(scan->facts, kind, token->data_start, token->data_end, name);
}

/* An open quote goes on hiding what it hid: without it the tag, which had no end, might find one. */
void
html_disarm_attributes(
    struct html_scan *scan, enum html_kind kind, size_t start, size_t end, char open)
{
	char hidden[] = " mailscanner='";

	hidden[sizeof(hidden) - 2] = open;
	html_add_edit(scan->facts, kind, start, end,
	    open != '\0'		? hidden
	    : equals_follows(scan, end) ? "/ "
					: " ");
}

void
html_disarm_attribute(
    struct html_scan *scan, enum html_kind kind, const struct html_attribute *attribute)
{
	html_disarm_attributes(scan, kind, attribute->start, attribute->end, attribute->open);
}

/* Markup that is no part of the value any more; what is not ASCII as references, since the charset may have no UTF-8. */
static void
append_escaped(GString *out, const char *text)
{
	for (; *text != '\0'; text = g_utf8_next_char(text)) {
		if (*text == '"')
			g_string_append(out, "&quot;");
		else if (*text == '<')
			g_string_append(out, "&lt;");
		else if (*text == '>')
			g_string_append(out, "&gt;");
		else if ((unsigned char)*text >= 0x80)
			g_string_append_printf(out, "&#%u;", g_utf8_get_char(text));
		else
			g_string_append_c(out, *text);
	}
}

/* Names that a tag can hold without a change of its meaning. */
static bool
is_plain_name(const char *name, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (!g_ascii_isalnum(name[i]) && strchr("-_:.", name[i]) == NULL)
			return false;
		if (name[i] == '\0')
			return false;
	}
	return size > 0;
}

static bool
is_kept(const struct html_scan *scan, const struct html_start *start,
    const struct html_attribute *attribute)
{
	const char *name = scan->bytes + attribute->start;
	size_t size = attribute->name_end - attribute->start;

	return is_plain_name(name, size) && g_ascii_strncasecmp(name, "on", MIN(size, 2)) != 0 &&
	       attribute != start->known[HTML_ATTRIBUTE_formaction] &&
	       attribute != start->known[HTML_ATTRIBUTE_attribute_name] &&
	       attribute != start->known[HTML_ATTRIBUTE_srcdoc] &&
	       !(attribute == start->known[HTML_ATTRIBUTE_style] &&
		   (start->style & HTML_STYLE_SCRIPT)) &&
	       !html_attribute_repeats(scan->bytes, start->token, attribute);
}

/* An input or button that resets a form and does nothing else. */
void
html_disarm_control(struct html_scan *scan, enum html_kind kind, const struct html_start *start)
{
	const struct html_token *token = start->token;
	const struct html_attribute *type = start->known[HTML_ATTRIBUTE_type];
	g_autoptr(GString) text = g_string_new(NULL);

	g_string_append_printf(text, "<%s", html_element_name(start->element));
	if (type == NULL)
		g_string_append(text, " type=\"reset\"");
	for (unsigned i = 0; i < token->count; i++) {
		const struct html_attribute *attribute = &token->attributes[i];
		size_t size = attribute->value_end - attribute->value_start;

		if (attribute == type) {
			g_string_append(text, " type=\"reset\"");
			continue;
		}
		if (!is_kept(scan, start, attribute))
			continue;
		g_autofree char *name =
		    html_scan_text(scan, attribute->start, attribute->name_end, false);
		g_autofree char *lower = g_ascii_strdown(name, -1);
		g_string_append_printf(text, " %s=\"", lower);
		if (html_code_in_address(scan->bytes + attribute->value_start, size, false)) {
			g_string_append_c(text, '#');
		} else {
			g_autofree char *value = html_scan_text(
			    scan, attribute->value_start, attribute->value_end, false);
			append_escaped(text, value);
		}
		g_string_append_c(text, '"');
	}
	g_string_append(text, token->self_closing ? " />" : ">");
	html_add_edit(scan->facts, kind, token->start, token->end, text->str);
}

/* In a style sheet: each @import gets a name that no browser knows; where one is written with escapes, the sheet goes. */
void
html_disarm_imports(struct html_scan *scan, size_t start, size_t end)
{
	static const char word[] = "@import";
	size_t length = strlen(word);
	g_autoptr(GString) rest = g_string_new(NULL);
	g_autoptr(GArray) places = g_array_new(FALSE, FALSE, sizeof(size_t));
	size_t at = start;

	for (size_t i = start; i + length <= end; i++) {
		if (scan->bytes[i] != '@' ||
		    g_ascii_strncasecmp(scan->bytes + i, word, length) != 0)
			continue;
		g_string_append_len(rest, scan->bytes + at, (gssize)(i - at));
		g_string_append(rest, "@mailscanner-import");
		g_array_append_val(places, i);
		at = i + length;
		i = at - 1;
	}
	g_string_append_len(rest, scan->bytes + at, (gssize)(end - at));
	if (html_style_sheet(rest->str, rest->len) & HTML_STYLE_IMPORT) {
		html_add_edit(scan->facts, HTML_remote_css, start, end, "");
		return;
	}
	for (unsigned i = 0; i < places->len; i++) {
		size_t place = g_array_index(places, size_t, i);

		html_add_edit(
		    scan->facts, HTML_remote_css, place, place + length, "@mailscanner-import");
	}
}
