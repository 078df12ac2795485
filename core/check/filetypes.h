/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_CHECK_FILETYPES_H
#define CORE_CHECK_FILETYPES_H
/*
 * File types, as `file` tells them: `Allow Filetypes`, `Deny Filetypes`, `Filetype Rules`, and the same for MIME types and for
 * archives. Of a description counts what stands before its first comma, of a MIME type what stands before its semicolon.
 */
#include <stdbool.h>

struct message;
struct subject;

/* How many files are not allowed. A file whose type should be known and isn't has a finding of its own. */
unsigned check_filetypes(struct message *message);

/* Whether anybody wants to know descriptions, or MIME types, of files in a message: for the reader's brief. */
bool filetypes_wanted(struct subject *subject);
bool filetypes_mime_wanted(struct subject *subject);

#endif
