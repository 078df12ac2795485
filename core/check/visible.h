/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_CHECK_VISIBLE_H
#define CORE_CHECK_VISIBLE_H
/*
 * What people see of a piece of HTML within a line, folded so that addresses in it can be compared.
 */
#include <glib.h>

/*
 * Tags and comments are gone, and tags that begin a line separate words; character references and %XX are decoded; white space is blanks,
 * backslashes are slashes; what is invisible (soft hyphens, joiners, marks of direction) is gone; letters that only look
 * wide or small are plain (NFKC); all is lower case. `html` is valid UTF-8, and so is the caller's answer.
 */
GString *visible_text(const char *html);

#endif
