/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_PDF_H
#define CORE_READ_PDF_H
/*
 * PDF (ISO 32000): script, embedded files and encryption, in objects that stand in the open or in compressed streams of objects.
 */
#include "core/read/task.h"

bool pdf_is(const char *bytes, size_t size);
/* Sets facts of the part; what is decompressed counts for the message. Whether files are embedded in it. */
bool pdf_read(struct task *task, struct part *part, const char *bytes, size_t size);

#endif
