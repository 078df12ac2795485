/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_HTML_TAGPARSE_H
#define CORE_READ_HTML_TAGPARSE_H
/*
 * Tags and their attributes.
 */
#include "core/read/html_token.h"

/*
 * The tag at `at`, which is a `<` before a letter, or before a slash and a letter. False where the input ends in it. `loose` is
 * another reading, for programs that forgive: a quote that nothing closes is part of the value, and a tag ends where the next one begins
 * or the input ends, so it never is false.
 */
bool html_tag_parse(
    const char *bytes, size_t size, size_t at, bool loose, struct html_token *token);

/* An earlier attribute of the tag has the same name. */
bool html_attribute_repeats(
    const char *bytes, const struct html_token *token, const struct html_attribute *attribute);

/* Lower case, NULs as U+FFFD. */
void html_decode_name(GString *out, const char *bytes, size_t size);

#endif
