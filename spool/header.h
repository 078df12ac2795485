/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SPOOL_HEADER_H
#define SPOOL_HEADER_H
/*
 * The header fields of a message (RFC 5322 section 2.2) as a list that can be edited without
 * touching a byte of what is not edited. A field is its raw text: name, colon, value, folding,
 * final newline, in whatever shape it arrived. Fields whose name can't be made out (no colon, odd
 * bytes) are kept like all others and match no name.
 *
 * Names are given with or without the final colon and compare without case. Blanks before the colon
 * of a field are not part of its name (RFC 5322 section 4.5.8).
 */
#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

struct header_field {
	const char *text; /* not NUL-terminated, may hold NULs; ends in a newline */
	size_t length;
	char mark;    /* the queue format's flag letter (Exim: "F" From, "P" Received ...); ' ' for
			 none */
	bool deleted; /* stays in the list so that the format can keep it on file; no look-up sees
			 it */
	bool added;   /* by us */
	bool lost;    /* it was deleted already when it came */
};

struct header_list;

struct header_list *header_list_new(void);
void header_list_free(struct header_list *list);

/* Appends a field as read from a file. `text` is borrowed and must outlive the list. */
void header_list_read(
    struct header_list *list, const char *text, size_t length, char mark, bool deleted);

/* All fields in order, the deleted ones included; n from 0 to header_list_count() - 1. Borrowed. */
size_t header_list_count(const struct header_list *list);
const struct header_field *header_list_at(const struct header_list *list, size_t n);

/* True when anything was changed since the list was read. */
bool header_list_changed(const struct header_list *list);

/* The first undeleted field of this name, or NULL. Borrowed until the next change. */
const struct header_field *header_list_find(const struct header_list *list, const char *name);

/* Value of the first undeleted field of this name, unfolded, without the final newline and outer
 * blanks; NULL if there is none. The caller's. */
char *header_list_value(const struct header_list *list, const char *name);

/* The position in the list at which headers that we add on top go: 0. Each addition goes above the
 * one before. */
enum header_place { HEADER_TOP, HEADER_BOTTOM };

/*
 * Adds "name: value\n". Newlines inside `value` must be folding (a blank behind them, and then
 * something to see); other newlines and control characters are replaced by '?', so no value can
 * start a field of its own or end the header. White space at the end is dropped. Bytes that a name
 * can't have become '-'; an empty name adds nothing.
 */
void header_list_add(
    struct header_list *list, const char *name, const char *value, enum header_place place);

/*
 * Deletion. A field that came with the message stays in the list as deleted; one that we added goes
 * altogether. The same holds for the old text of a field that an edit below replaces; the new text
 * takes its place and its mark.
 *
 * This one deletes every field of this name. Returns how many.
 */
size_t header_list_remove(struct header_list *list, const char *name);
/* Deletes every undeleted field for which `matches` says so. */
size_t header_list_remove_if(
    struct header_list *list, bool (*matches)(const struct header_field *, void *), void *data);
/* Deletes all fields of this name but the first. */
size_t header_list_keep_first(struct header_list *list, const char *name);
/* Puts `separator` and `value` behind the value of the first field of this name; adds the field
 * when there is none. */
void header_list_append(struct header_list *list, const char *name, const char *separator,
    const char *value, enum header_place place);
/* Puts `value` and `separator` before the value of the first field of this name; adds the field
 * when there is none. */
void header_list_prepend(struct header_list *list, const char *name, const char *value,
    const char *separator, enum header_place place);

/* Name of a field without trailing blanks and colon, or NULL where it has none. The caller's. */
char *header_field_name(const struct header_field *field);
/* Its value as header_list_value() gives it; the whole text where it has no name. The caller's. */
char *header_field_value(const struct header_field *field);

/* The items with ", " between them, as a value for the field `name`, folded with newline and tab
 * where a line would pass column 75. The caller's. */
char *header_fold_list(const char *name, const char *const *items);

#endif
