/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ACT_FIELDS_H
#define CORE_ACT_FIELDS_H
/*
 * The header of one MIME part as fields that can be changed one by one, every other byte kept; and the parameters of such a field
 * likewise (RFC 2045 section 5.1, RFC 2183, RFC 2231).
 */
#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include "core/message/message.h"

enum field_state { FIELD_KEPT, FIELD_CHANGED, FIELD_ADDED, FIELD_REMOVED };

struct field {
	char *name;	   /* "" for a line that is no field */
	char *value;	   /* behind the colon, without outer white space; folding kept */
	size_t start, end; /* where it stood in the header; of added ones both 0 */
	enum field_state state;
};

struct fields {
	GPtrArray *list; /* of struct field, owned */
};

/* A header block, without the empty line behind it. */
struct fields *fields_read(const char *bytes, size_t size);
/* The fields of a message that are about its content: Content-* and MIME-Version. */
struct fields *fields_of_message(const struct header_list *headers);
/* NULL is allowed. */
void fields_free(struct fields *fields);
/* Frees what a variable points to: for autofields. */
void fields_drop(struct fields **fields);
#define autofields __attribute__((cleanup(fields_drop))) struct fields

/* The first field of this name, or NULL. Borrowed until the next change. */
const char *fields_get(const struct fields *fields, const char *name);
/* The first field of this name has this value, in its place, or it is added; others of that name go. Copied. */
void fields_set(struct fields *fields, const char *name, const char *value);
void fields_remove(struct fields *fields, const char *name);
void fields_remove_all(struct fields *fields);
/* All that begin with "Content-". */
void fields_remove_content(struct fields *fields);
/* Writes the Content-* fields that are left, as lines. */
void fields_append_content(GString *out, const struct fields *fields, const char *line_end);
/* One line, or a folded field, ended by `line_end`. */
void field_append(GString *out, const char *name, const char *value, const char *line_end);
bool fields_changed(const struct fields *fields);

/* "text/html; charset=x" with another type. The caller's. */
char *field_with_type(const char *value, const char *type);
/*
 * With all parameters of this name (RFC 2231's pieces too) replaced by one that says `text` (UTF-8), in the place of the first; added behind the
 * others where there was none. NULL `text`: without them. The caller's.
 */
char *field_with_parameter(const char *value, const char *name, const char *text);
/* Has it a parameter of this name, in whatever form? */
bool field_has_parameter(const char *value, const char *name);
/* The plain value, unquoted; NULL where there is none, or only in RFC 2231's form. The caller's. */
char *field_parameter(const char *value, const char *name);

#endif
