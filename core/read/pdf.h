/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_PDF_H
#define CORE_READ_PDF_H
/*
 * PDF (ISO 32000): script, embedded files and encryption, as far as they stand in the open.
 */
#include "core/message/part.h"

bool pdf_is(const char *bytes, size_t size);
/* Sets facts of the part. */
void pdf_read(struct part *part, const char *bytes, size_t size);

#endif
