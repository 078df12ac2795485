/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_HTML_WORDS_H
#define CORE_READ_HTML_WORDS_H
/* The names of elements and attributes that matter to what is dangerous in HTML. */
#include <stddef.h>

/* ELEMENT(id, name), in order of the names. */
#define HTML_ELEMENTS(ELEMENT)              \
	ELEMENT(a, "a")                     \
	ELEMENT(applet, "applet")           \
	ELEMENT(area, "area")               \
	ELEMENT(base, "base")               \
	ELEMENT(body, "body")               \
	ELEMENT(button, "button")           \
	ELEMENT(embed, "embed")             \
	ELEMENT(fencedframe, "fencedframe") \
	ELEMENT(form, "form")               \
	ELEMENT(frame, "frame")             \
	ELEMENT(handler, "handler")         \
	ELEMENT(html, "html")               \
	ELEMENT(iframe, "iframe")           \
	ELEMENT(ilayer, "ilayer")           \
	ELEMENT(image, "image")             \
	ELEMENT(img, "img")                 \
	ELEMENT(input, "input")             \
	ELEMENT(layer, "layer")             \
	ELEMENT(link, "link")               \
	ELEMENT(math, "math")               \
	ELEMENT(meta, "meta")               \
	ELEMENT(noembed, "noembed")         \
	ELEMENT(noframes, "noframes")       \
	ELEMENT(object, "object")           \
	ELEMENT(portal, "portal")           \
	ELEMENT(script, "script")           \
	ELEMENT(style, "style")             \
	ELEMENT(svg, "svg")                 \
	ELEMENT(textarea, "textarea")       \
	ELEMENT(title, "title")             \
	ELEMENT(xmp, "xmp")

enum html_element {
#define ELEMENT(id, name) HTML_ELEMENT_##id,
	HTML_ELEMENTS(ELEMENT)
#undef ELEMENT
	    HTML_ELEMENT_OTHER
};

/* ATTRIBUTE(id, name), in order of the names. */
#define HTML_ATTRIBUTES(ATTRIBUTE)                 \
	ATTRIBUTE(action, "action")                \
	ATTRIBUTE(alt, "alt")                      \
	ATTRIBUTE(attribute_name, "attributename") \
	ATTRIBUTE(class, "class")                  \
	ATTRIBUTE(code, "code")                    \
	ATTRIBUTE(codebase, "codebase")            \
	ATTRIBUTE(content, "content")              \
	ATTRIBUTE(data, "data")                    \
	ATTRIBUTE(formaction, "formaction")        \
	ATTRIBUTE(height, "height")                \
	ATTRIBUTE(hidden, "hidden")                \
	ATTRIBUTE(href, "href")                    \
	ATTRIBUTE(http_equiv, "http-equiv")        \
	ATTRIBUTE(label, "label")                  \
	ATTRIBUTE(placeholder, "placeholder")      \
	ATTRIBUTE(rel, "rel")                      \
	ATTRIBUTE(src, "src")                      \
	ATTRIBUTE(srcdoc, "srcdoc")                \
	ATTRIBUTE(style, "style")                  \
	ATTRIBUTE(summary, "summary")              \
	ATTRIBUTE(title, "title")                  \
	ATTRIBUTE(type, "type")                    \
	ATTRIBUTE(value, "value")                  \
	ATTRIBUTE(values, "values")                \
	ATTRIBUTE(width, "width")

enum html_attribute_word {
#define ATTRIBUTE(id, name) HTML_ATTRIBUTE_##id,
	HTML_ATTRIBUTES(ATTRIBUTE)
#undef ATTRIBUTE
	    HTML_ATTRIBUTE_OTHER
};

#define HTML_WORD_MAX 16

/* The name without NULs, which some programs pass over, in lower case; "" where it is longer than any that is looked for. */
void html_word_lower(const char *bytes, size_t size, char word[HTML_WORD_MAX]);

enum html_element html_element_of(const char *word);
enum html_attribute_word html_attribute_of(const char *word);
/* Lower case; "" for HTML_ELEMENT_OTHER. */
const char *html_element_name(enum html_element element);

#endif
