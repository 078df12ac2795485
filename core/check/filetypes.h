/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_CHECK_FILETYPES_H
#define CORE_CHECK_FILETYPES_H
/*
 * File types, as `file` tells them: `Allow Filetypes`, `Deny Filetypes`, `Filetype Rules`, and the same for MIME types and for
 * archives. Of a description counts what stands before its first comma, of a MIME type what stands before its semicolon.
 */
struct message;

/*
 * How many files are not allowed; with a blank `File Command` nothing is checked. A file whose type should be known and isn't has a finding of its own.
 */
unsigned check_filetypes(struct message *message);

#endif
