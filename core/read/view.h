/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_VIEW_H
#define CORE_READ_VIEW_H
/*
 * What a header makes of an entity in the eyes of one mail program; and the ways in which others see it differently.
 */
#include "core/read/decode.h"
#include "core/read/fields.h"
#include "core/message/part.h"

struct view {
	char *type;	/* what it counts as: "text/plain" where nothing is said */
	char *boundary; /* NULL: none that can be used */
	enum encoding encoding;
	bool
	    loose; /* a boundary line may have something behind it, and the last may be followed by more */
	bool cr;     /* a CR by itself ends a line, too */
	size_t body; /* where the content begins, in the bytes of the entity */
};

/* How most programs read it. `type` is what it is where the header says nothing. */
struct view *view_usual(const struct fields *fields, const char *type);
struct view *view_copy(const struct view *view);
/* NULL is allowed. */
void view_free(struct view *view);

/* Views that differ from the usual one, each once; of struct view, the caller's. At most VIEWS_MAX. */
GPtrArray *views_other(
    const struct fields *fields, const struct view *usual, const char *bytes, size_t size);
#define VIEWS_MAX 8

/*
 * The next boundary line at or behind `from`, where a line begins: where it begins (the line end before it belongs to it) and where
 * the next line does. False for none.
 */
struct delimiter {
	size_t start; /* of the line end before it, or of itself at the beginning */
	size_t line;  /* of itself */
	size_t next;
	bool last;
};
bool view_delimiter(const struct view *view, const char *bytes, size_t from, size_t size,
    struct delimiter *delimiter);

#endif
