/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_MESSAGE_HTML_H
#define CORE_MESSAGE_HTML_H
/*
 * What a browser would see in a piece of HTML, as facts with positions. Positions are bytes of the decoded part; where its
 * charset is not a superset of ASCII (UTF-16, ISO-2022-JP ...) the text was turned into UTF-8 first, `transcoded` says so, and
 * positions are those of the UTF-8 text. Edits are proposals: who decides takes those of the kinds that are to be disarmed.
 */
#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * KIND(id, word): what can be dangerous. The word is what logs and MailScanner's lists of disarmed kinds call it; the id is
 * its name in JSON. Which directive decides about it stands in core/check/html.c.
 */
#define HTML_KINDS(KIND)                                                                      \
	KIND(iframe, "iframe")                                                                \
	KIND(frame, "frame")                                                                  \
	KIND(form, "form")                                                                    \
	KIND(form_input, "form input")                                                        \
	KIND(form_button, "form button")                                                      \
	KIND(script, "script")	      /* an element */                                        \
	KIND(event_handler, "script") /* an attribute on... */                                \
	KIND(script_url, "script")    /* javascript:, vbscript:, data: with HTML or script */ \
	KIND(svg_script, "script")                                                            \
	KIND(object_codebase, "object codebase")                                              \
	KIND(object_data, "object data")                                                      \
	KIND(object, "object") /* object, embed, applet without either */                     \
	KIND(meta_refresh, "meta refresh")                                                    \
	KIND(base, "base")                                                                    \
	KIND(remote_css, "css") /* link or @import of a sheet from elsewhere */

enum html_kind {
#define KIND(id, word) HTML_##id,
	HTML_KINDS(KIND)
#undef KIND
	    HTML_KIND_COUNT
};

/* Something dangerous stands here. */
struct html_tag {
	enum html_kind kind;
	size_t start, end;
	char *detail; /* the address or name that matters; may be "" */
};

/*
 * Put `text` in place of the bytes from `start` to `end`, and `kind` is harmless there. In order of start, the longer first; none overlaps
 * another of the same kind. Edits of different kinds are disjoint, equal, or one lies within the other, never across its border. What
 * lies within is not needed where the outer one is made: its replacement is harmless for both kinds. html_edits_choose() knows that, so
 * edits of any set of kinds can be applied. `text` is valid UTF-8, of ASCII alone where it was not there before.
 */
struct html_edit {
	enum html_kind kind;
	size_t start, end;
	char *text;
};

struct html_link {
	size_t start, end;	     /* the start tag (of a, area) */
	size_t text_start, text_end; /* what stands between start and end tag; equal for area */
	char *href;		     /* character references decoded, as written else */
	char *area;		     /* href of an area in it; NULL for none */
	char *
	    text; /* the raw HTML between the tags, at most HTML_LINK_TEXT_MAX bytes of it, valid UTF-8 */
	bool hidden; /* what it shows is invisible: no size, no display, the colour of its ground */
};
#define HTML_LINK_TEXT_MAX 4096

struct html_image {
	size_t start, end;
	char *src;
	char *width, *height; /* as written; NULL: absent */
	char *alt;	      /* NULL: absent */
};

/* A place in the text; HTML_NOWHERE where there is none such. */
#define HTML_NOWHERE ((size_t)-1)

struct html_facts {
	GPtrArray *tags;   /* of struct html_tag */
	GPtrArray *edits;  /* of struct html_edit */
	GPtrArray *links;  /* of struct html_link */
	GPtrArray *images; /* of struct html_image */
	char *base;	   /* href of base; NULL for none */
	char *transcoded; /* the charset it was in; NULL: positions are those of the decoded part */
	size_t length;	  /* bytes of the text that positions count in */
	size_t html_open; /* behind the first <html ...> */
	size_t body_open; /* behind the first <body ...> */
	size_t body_close; /* at the last </body> */
	size_t html_close; /* at the last </html> */
	bool truncated;	   /* the lists were cut at their limits (HTML_LIST_MAX entries each) */
};
#define HTML_LIST_MAX 20000

struct html_facts *html_facts_new(void);
/* NULL is allowed. */
void html_facts_free(struct html_facts *html);
/* Each adds an entry, or sets `truncated` where the list is full; texts are copied. */
void html_add_tag(
    struct html_facts *html, enum html_kind kind, size_t start, size_t end, const char *detail);
void html_add_edit(
    struct html_facts *html, enum html_kind kind, size_t start, size_t end, const char *text);
/* Borrowed, to be filled in; NULL where the list is full. */
struct html_link *html_add_link(struct html_facts *html);
struct html_image *html_add_image(struct html_facts *html);

/*
 * The edits to make so that these kinds (1u << kind, ORed) are harmless: disjoint, in order of start. Borrowed from `html`; the array
 * is the caller's. Where `truncated` is set they are not all that would be needed.
 */
GPtrArray *html_edits_choose(const struct html_facts *html, unsigned kinds);
/*
 * Brings the edits into the order that is promised above and drops those that another of their kind covers. For who fills the facts.
 */
void html_edits_settle(struct html_facts *html);

const char *html_kind_name(enum html_kind kind);
const char *html_kind_word(enum html_kind kind);

#endif
