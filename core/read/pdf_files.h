/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_PDF_FILES_H
#define CORE_READ_PDF_FILES_H
/*
 * Files that are embedded in a PDF (ISO 32000-1, 7.11).
 */
#include "core/read/task.h"

/*
 * Takes the files out of part n, each a member (letter o) with all names that file specifications give it, unless archives are not to
 * be unpacked (depth 0). One that can't be decoded, or is not there, is an unreadable member; one of an encrypted file is encrypted.
 */
void pdf_files_open(struct task *task, unsigned n, const char *bytes, size_t size);

#endif
