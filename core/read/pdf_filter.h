/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_PDF_FILTER_H
#define CORE_READ_PDF_FILTER_H
/*
 * Filters of PDF (ISO 32000-1, 7.4).
 */
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

enum pdf_filter {
	PDF_FLATE,
	PDF_HEX,
	PDF_85,
	PDF_OTHER, /* decodes nothing */
};

enum pdf_end {
	PDF_WHOLE,
	PDF_CUT,     /* it ends too early */
	PDF_DAMAGED, /* it can't be decoded from some place on */
	PDF_FULL,    /* `take` has had enough */
};

/* Takes decoded bytes as they come. False: it has had enough. */
typedef bool (*pdf_taker)(void *data, const void *bytes, size_t length);

/* Bytes that are held between two filters; more of them are damage. */
#define PDF_HELD_MAX (32u << 20)

/* All filters, one behind the other. `used` is how many bytes were looked at by all of them. */
enum pdf_end pdf_decode(const enum pdf_filter *filters, unsigned count, const char *bytes,
    size_t size, size_t *used, pdf_taker take, void *data);

#endif
