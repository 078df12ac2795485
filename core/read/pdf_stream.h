/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_PDF_STREAM_H
#define CORE_READ_PDF_STREAM_H
/*
 * Streams of PDF (ISO 32000-1, 7.3.8): what their dictionaries say.
 */
#include "core/read/pdf_filter.h"
#include "core/read/pdf_scan.h"

#define PDF_FILTERS_MAX 8

struct pdf_stream {
	bool embedded; /* it says that it is an embedded file */
	bool objects;  /* it says that it is a stream of objects */
	enum pdf_filter filters[PDF_FILTERS_MAX];
	unsigned filter_count;
	/* Where these are in another object, its number; 0: they are not. */
	uint32_t filter_object, length_object;
	bool predicted; /* parameters that say that what comes out is not yet the content */
	gint64 length;	/* as it says */
	gint64 first;	/* where its first object begins; 0: it does not say */
	const char *at; /* its data */
};

/* Whether its content can be had. */
bool pdf_stream_is_known(const struct pdf_stream *stream);

/* Begins at an object's value. False: it is no stream. What is behind it is left in the lexer. */
bool pdf_stream_read(struct pdf_lexer *lexer, struct pdf_stream *stream);
/* Adds the filters that the object names, which is a value of /Filter. */
void pdf_stream_filters(struct pdf_lexer *lexer, struct pdf_stream *stream);

#endif
