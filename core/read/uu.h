/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_UU_H
#define CORE_READ_UU_H
/*
 * Files that were written into a text: uuencode (POSIX), yEnc (yenc-draft 1.3) and BinHex 4 (RFC 1741), and whole messages that
 * stand there (a bounce that quotes what it could not deliver).
 */
#include "core/read/task.h"

/*
 * Looks for them in the content of part n, where it is a text or the brief says to look anywhere. Each becomes a member of part n
 * (letter u) and goes through task_content() itself; part n stays what it is and gets the facts.
 */
void uu_find(struct task *task, unsigned n, const char *bytes, size_t size);

/* The same for files alone, in bytes that are part n or lie in it, whatever it is. */
void uu_find_files(struct task *task, unsigned n, const char *bytes, size_t size);

#endif
