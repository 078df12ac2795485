/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_PDF_SCAN_H
#define CORE_READ_PDF_SCAN_H
/*
 * What PDF is written in (ISO 32000-1, 7.2 and 7.3): tokens, and where objects begin. Nothing is refused: what is no token is a word.
 */
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

enum pdf_token {
	PDF_END,
	PDF_NAME,	/* `text`: decoded, without the slash */
	PDF_STRING,	/* `text`: decoded */
	PDF_NUMBER,	/* `number`: what is before a point */
	PDF_DICTIONARY, /* << */
	PDF_DICTIONARY_END,
	PDF_ARRAY, /* [ */
	PDF_ARRAY_END,
	PDF_WORD, /* `text`: obj, stream, R ... */
};

/* Bytes of a text that are kept. */
#define PDF_TEXT_MAX 16384

struct pdf_lexer {
	const char *at, *end; /* what is left */
	const char *begin;    /* of the last token */
	GString *text;	      /* of the last token; lent */
	gint64 number;	      /* of the last token */
};

enum pdf_token pdf_next(struct pdf_lexer *lexer);
/* Behind a number: whether it was the first of a reference ("6 0 R"). Then that is behind, too; else nothing is taken. */
bool pdf_is_reference(struct pdf_lexer *lexer);

/* A text string (7.9.2.2) for names_add(): UTF-8 where it is UTF-16, else as it is. The caller's. */
GString *pdf_text(const GString *string);

/* Where an object's value begins, and where the file, or the stream that it is in, ends. */
struct pdf_object {
	uint32_t number; /* 0: it can't be told */
	const char *at, *end;
};

/* Every place where one may begin ("6 0 obj", "trailer"), in that order, even inside of another; at most `most`. False: there are more. */
bool pdf_find_objects(GArray *objects, const char *bytes, size_t size, unsigned most);

#endif
