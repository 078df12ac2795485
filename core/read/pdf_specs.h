/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_PDF_SPECS_H
#define CORE_READ_PDF_SPECS_H
/*
 * File specifications of a PDF (ISO 32000-1, 7.11.3): which of its objects are files, and what they are called.
 */
#include "core/read/pdf_scan.h"

struct pdf_specs {
	GArray *objects;   /* of struct pdf_object */
	GArray *by_number; /* the same, sorted; later ones behind earlier ones */
	GHashTable *files; /* number -> GPtrArray of GString: names, each once; may be none */
	GHashTable *seen;  /* of char *: number and name */
	unsigned most;	   /* names at most */
	uint64_t work;	   /* bytes that may still be gone over */
	bool full;	   /* there was more than that */
	bool ended;	   /* the object that is being read is at its end */
	bool elsewhere;	   /* what is being read was referred to */
	struct pdf_lexer lexer;
};

/* After objects were added, pdf_specs_sort() makes them ready to be found. */
void pdf_specs_init(struct pdf_specs *specs, unsigned most, uint64_t work);
void pdf_specs_sort(struct pdf_specs *specs);
void pdf_specs_clear(struct pdf_specs *specs);

/* So many bytes were gone over. False: they were too many. */
bool pdf_specs_worked(struct pdf_specs *specs, size_t bytes);

/* The `version`th last object of that number. Borrowed; NULL: there is none. */
const struct pdf_object *pdf_specs_find(
    const struct pdf_specs *specs, uint32_t number, unsigned version);
/* Versions of one object that are looked at. */
#define PDF_VERSIONS_MAX 4

/* Looks for specifications in one object. */
void pdf_specs_read(struct pdf_specs *specs, const struct pdf_object *object);

#endif
