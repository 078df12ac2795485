/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ACT_MIMEFIELD_H
#define CORE_ACT_MIMEFIELD_H
/*
 * The header of one MIME part as fields that can be changed one by one, every other byte kept; and the parameters of such a field
 * likewise (RFC 2045 section 5.1, RFC 2183, RFC 2231).
 */
#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include "core/message/message.h"

enum mimefield_state { FIELD_KEPT, FIELD_CHANGED, FIELD_ADDED, FIELD_REMOVED };

struct mimefield {
	char *name;	   /* "" for a line that is no field */
	char *value;	   /* behind the colon, without outer white space; folding kept */
	size_t start, end; /* where it stood in the header; of added ones both 0 */
	enum mimefield_state state;
};

struct mimefields {
	GPtrArray *list; /* of struct mimefield, owned */
};

/* A header block, without the empty line behind it. */
struct mimefields *mimefields_read(const char *bytes, size_t size);
/* The fields of a message that are about its content: Content-* and MIME-Version. */
struct mimefields *mimefields_of_message(const struct header_list *headers);
/* NULL is allowed. */
void mimefields_free(struct mimefields *fields);
/* Frees what a variable points to: for auto_mimefields. */
void mimefields_drop(struct mimefields **fields);
#define auto_mimefields __attribute__((cleanup(mimefields_drop))) struct mimefields

/* The first field of this name, or NULL. Borrowed until the next change. */
const char *mimefields_get(const struct mimefields *fields, const char *name);
/* The first field of this name has this value, in its place, or it is added; others of that name go. Copied. */
void mimefields_set(struct mimefields *fields, const char *name, const char *value);
void mimefields_remove(struct mimefields *fields, const char *name);
void mimefields_remove_all(struct mimefields *fields);
/* All that begin with "Content-". */
void mimefields_remove_content(struct mimefields *fields);
/* Writes the Content-* fields that are left, as lines. */
void mimefields_append_content(GString *out, const struct mimefields *fields, const char *line_end);
/* One line, or a folded field, ended by `line_end`. */
void mimefield_append(GString *out, const char *name, const char *value, const char *line_end);
bool mimefields_changed(const struct mimefields *fields);

/* "text/html; charset=x" with another type. The caller's. */
char *mimefield_with_type(const char *value, const char *type);
/*
 * With all parameters of this name (RFC 2231's pieces too) replaced by one that says `text` (UTF-8), in the place of the first; added behind the
 * others where there was none. NULL `text`: without them. The caller's.
 */
char *mimefield_with_parameter(const char *value, const char *name, const char *text);
/* Has it a parameter of this name, in whatever form? */
bool mimefield_has_parameter(const char *value, const char *name);
/* The plain value, unquoted; NULL where there is none, or only in RFC 2231's form. The caller's. */
char *mimefield_parameter(const char *value, const char *name);

#endif
