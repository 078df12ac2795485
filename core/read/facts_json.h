/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_FACTS_JSON_H
#define CORE_READ_FACTS_JSON_H
/*
 * Facts as JSON: between reader and worker, and for people (`show --parts --json`).
 *
 * The schema is that of struct facts, member for member, under the members' names:
 *
 *	{ "body_start": 19, "counted": 2, "limits": ["parts"], "unparsable": false, "longest_boundary": 0, "readings": 1,
 *	  "parts": [ { "parent": -1, "kind": "multipart", "letter": "n", "type": "multipart/mixed", ...
 *	               "names": ["a.txt"], "facts": ["nul"], "html": { "tags": [...], "edits": [...], ... } } ] }
 *
 * Facts, limits, kinds of parts and kinds of tags are given by their names (PART_FACTS, READ_LIMITS, part_kind_name(),
 * html_kind_name()); a text that there is none of, and HTML_NOWHERE, are null. Texts are UTF-8; bytes that are not become
 * U+FFFD. There are two forms: the full one has every member but "html" where a part is none. In the compact one, members that
 * are as facts_add_part() and html_facts_new() make them are left out, and a part, or an entry of a list about HTML, is a row, since
 * names would cost more than what they name. A row of a part begins with its parent, kind, letter, names, facts and html, each null
 * where it is as at first; an entry about HTML with its kind where it has one. Then come the members in the order of
 * facts_members.c, up to the last that is not as at first.
 *
 *	"parts": [[-1,null,null,null,null,{ "links": [[62,108,108,112,24,"here"]] },9,900]]
 *
 * A text of FACTS_FAR_MIN bytes or more is not in the JSON of that form but behind it, as it is: in its place stands its length. There,
 * behind a zero byte, are these texts in the order in which the JSON has their lengths, but for a part's own before those of its HTML,
 * each with a zero behind it.
 */
#include <jansson.h>
#include "core/message/part.h"

/* Parts, and names of one part, that can be believed. */
#define FACTS_PARTS_MAX 50000
#define FACTS_NAMES_MAX 1000

/* Shorter texts are not worth the way. */
#define FACTS_FAR_MIN 6

/* The full form. */
json_t *facts_to_json(const struct facts *facts);

/* Appends the text of the compact form. */
void facts_write(const struct facts *facts, GString *out);

/*
 * The other way, for the text of either form, believing nothing: NULL with `why` (the caller's) for anything that can't be. See
 * facts_from_json().
 */
struct facts *facts_read(const char *text, size_t length, uint64_t size, char **why);

/*
 * The same for JSON, where all texts are in it: checked are: members and their types, numbers of parents, ranges within a message of
 * `size` bytes (children within their parents), order of edits, lengths. A part other than 0 without a range has only zeros;
 * parents of MIME parts are containers. NULL with `why` (the caller's) for anything that can't be.
 */
struct facts *facts_from_json(const json_t *json, uint64_t size, char **why);

/*
 * jansson's reader, for text that somebody else may have chosen: NULL with `why` (the caller's) where it is no JSON, or more than
 * is good for whoever reads it.
 */
json_t *facts_load(const char *text, size_t length, char **why);

#endif
