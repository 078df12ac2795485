/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_FIELDS_H
#define CORE_READ_FIELDS_H
/*
 * The header of a MIME entity (RFC 5322 section 2.2, RFC 2045) as bytes: where it ends, which Content- fields are in it, and all
 * that makes programs differ about it. Field names are seen through comments, blanks and stray characters.
 */
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct field {
	char *name;  /* lower case, cleaned: "content-type" */
	char *value; /* unfolded; NULs are blanks */
	bool odd;    /* the name was not written like that: some programs see no such field */
	bool
	    broken; /* a line ends inside of quotes: the blank there belongs to the text for some programs only */
};

/* Positions count in the bytes that were given. */
struct fields {
	GArray *list; /* of struct field, in the order of the header: those named Content-... */
	size_t start; /* of the first field: behind a byte-order mark or mbox line */
	size_t end;   /* of the last field; the empty line stands here */
	size_t body;  /* where the content begins */
	size_t
	    early; /* content begins here for programs that end the header at its first odd line; 0: none */
	unsigned early_fields; /* fields of the list before that */
	unsigned count;	       /* of fields, whatever their names */
	uint64_t facts;	       /* set of enum part_fact: how it was written */
	bool cut;	       /* what stands behind the limit was not looked at */
};

/* Reads the header at the beginning of `bytes`; `limit` is the number of bytes of it that are looked at. */
void fields_read(struct fields *fields, const char *bytes, size_t size, size_t limit);
void fields_clear(struct fields *fields);

/* A field's name in lower case, without comments, blanks and what else names can't have. The caller's. */
char *fields_clean_name(const char *name, size_t length, bool *odd);

/* The first field of that name that is written properly; else the first that is not; NULL for none. */
const struct field *fields_find(const struct fields *fields, const char *name);

/*
 * What stands in a structured field: "head; name=value; ...". Comments are gone, quotes too.
 */
struct param {
	char *name;  /* lower case, without the marks of RFC 2231 */
	char *value; /* to the end of the parameter, quotes and escapes undone */
	char *
	    whole; /* as it stands, where something follows the quotes or a comment is in it; else NULL */
	int section;   /* RFC 2231: number of the piece; -1: not in pieces */
	bool extended; /* RFC 2231: percent-encoded, with a charset in the first piece */
};
struct params {
	char *head;    /* lower case */
	GArray *list;  /* of struct param */
	bool repeated; /* two of the same name (and piece) */
};
/* Parameters that one field can have; what comes behind is not looked at. */
#define PARAMS_MAX 200

void params_read(struct params *params, const char *value);
void params_clear(struct params *params);
/* The first plain value of that name, or its RFC 2231 form put together; raw bytes, the caller's; NULL for none. */
char *params_get(const struct params *params, const char *name);
/* The RFC 2231 value of that name as UTF-8, or NULL. The caller's. */
char *params_get_extended(const struct params *params, const char *name);
/* The same with the pieces behind a missing one, which end it for some programs; NULL where none is missing. */
char *params_get_scattered(const struct params *params, const char *name);

#endif
