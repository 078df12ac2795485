/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_FILETYPE_H
#define CORE_READ_FILETYPE_H
/*
 * Types of files by content, in the words of file(1) (libmagic), since rules are written for these words.
 */
#include <stdbool.h>
#include <stddef.h>

/*
 * What `file -b` (`description`) and `file -b --mime-type` (`mime`) say of these bytes; either may be NULL when it isn't wanted. The caller's;
 * NULL where libmagic fails. `hint` is the declared MIME type, which only decides how the answer is looked for, never what it is.
 */
void filetype_of(const char *bytes, size_t size, const char *hint, char **description, char **mime);

/* Loads libmagic's tables, before the process loses its file system. False: they can't be had. */
bool filetype_prepare(void);

#endif
