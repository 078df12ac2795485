/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_HTML_SCAN_H
#define CORE_READ_HTML_SCAN_H
/*
 * One reading of a piece of HTML under way: what html_read()'s modules share.
 */
#include "core/message/html.h"
#include "core/read/html_charset.h"
#include "core/read/html_tokenizer.h"
#include "core/read/html_words.h"

/* HTML in HTML: values within values, documents in srcdoc. */
#define HTML_DEPTH_MAX 4

/* A link whose end tag has not come yet. */
struct html_open_link {
	struct html_link *link; /* borrowed; NULL: none is open */
	bool shown;		/* something in it can be seen */
	bool concealed;		/* something in it can't */
};

/* Within an element that shows nothing: it ends with as many end tags as there were start tags. */
struct html_concealment {
	size_t name_start, name_end; /* of the element */
	unsigned open;		     /* 0: all is visible */
};

struct html_scan {
	const char *bytes;
	size_t size;
	const struct html_charset *charset; /* of the bytes */
	struct html_facts *facts;
	bool svg;	  /* the whole is SVG */
	unsigned level;	  /* documents around this one */
	bool runs;	  /* the script element that was last seen is one that runs */
	unsigned mark;	  /* the number that renamed elements get */
	unsigned foreign; /* open svg and math elements */
	unsigned renamed[HTML_ELEMENT_OTHER]; /* open elements whose end tags follow */
	enum html_kind renamed_as[HTML_ELEMENT_OTHER];
	struct html_open_link open;
	struct html_concealment concealment;
};

/* A start tag and what of its attributes the browser takes: the first of each name. */
struct html_start {
	const struct html_token *token;
	enum html_element element;
	unsigned depth; /* 0: of the document itself, else found in another reading of it */
	unsigned style; /* enum html_style, of the style attribute */
	const struct html_attribute *known[HTML_ATTRIBUTE_OTHER]; /* NULL: absent */
};

/* These bytes of the text as valid UTF-8 without NULs; `decode`: with references decoded, as an attribute's value. The caller's. */
char *html_scan_text(const struct html_scan *scan, size_t start, size_t end, bool decode);
/* The value of an attribute, decoded; NULL where it is absent. The caller's. */
char *html_scan_value(const struct html_scan *scan, const struct html_attribute *attribute);
bool html_scan_value_is(
    const struct html_scan *scan, const struct html_attribute *attribute, const char *value);

/* html_tags.c: a start tag, or end tag, gives facts and proposals. */
enum html_element html_tags_start(
    struct html_scan *scan, const struct html_token *token, unsigned depth);
enum html_element html_tags_end(struct html_scan *scan, const struct html_token *token);

/* html_elements.c: what the element itself is, by its attributes. */
void html_elements_start(struct html_scan *scan, const struct html_start *start);

/* html_search.c: what is in an element that holds no markup, and other readings. */
struct html_absent {
	/* No end tag of it follows, so none needs to be looked for; of a script: by the standard. */
	bool end[HTML_ELEMENT_OTHER], script;
};
/*
 * The content behind the start tag `token`, which goes no further than `limit`. Returns where reading goes on: at the end tag, or behind
 * the start tag where the content is markup, or there is no end tag: then all that follows is searched as if the element were empty.
 */
size_t html_search_content(struct html_scan *scan, struct html_absent *absent,
    const struct html_token *token, enum html_element element, size_t limit, unsigned depth);
/* All that some program could take for a tag between two places is one. `depth` is at least 1. */
void html_search_range(struct html_scan *scan, size_t start, size_t end, unsigned depth);
/* A style sheet. */
void html_search_sheet(struct html_scan *scan, size_t start, size_t end);

/* html.c: facts about a document in a document, or NULL where they nest too deep. */
struct html_facts *html_scan_inner(const struct html_scan *scan, const char *text);

/* html_disarm.c: proposals. */
void html_disarm_rename(
    struct html_scan *scan, enum html_kind kind, const struct html_start *start);
void html_disarm_end(struct html_scan *scan, enum html_kind kind, enum html_element element,
    const struct html_token *token);
void html_disarm_attribute(
    struct html_scan *scan, enum html_kind kind, const struct html_attribute *attribute);
/* Attributes from one place to another; `open` as html_attribute has it. */
void html_disarm_attributes(
    struct html_scan *scan, enum html_kind kind, size_t start, size_t end, char open);
void html_disarm_control(
    struct html_scan *scan, enum html_kind kind, const struct html_start *start);
void html_disarm_imports(struct html_scan *scan, size_t start, size_t end);

/* html_links.c: links, images and whether they can be seen. */
void html_links_start(struct html_scan *scan, const struct html_start *start);
void html_links_end(
    struct html_scan *scan, enum html_element element, const struct html_token *token);
void html_links_text(struct html_scan *scan, size_t start, size_t end);
/* The open link ends at `at`. */
void html_links_close(struct html_scan *scan, size_t at);

#endif
