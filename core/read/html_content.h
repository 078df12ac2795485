/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_HTML_CONTENT_H
#define CORE_READ_HTML_CONTENT_H
/*
 * Content of elements that is no markup.
 */
#include "core/read/html_token.h"

/*
 * Where the content of raw text that begins at `at` ends: at the end tag </name; HTML_NOWHERE where there is none. In a script
 * (`content`) those within <!-- <script> are passed over.
 */
size_t html_content_end(
    const char *bytes, size_t size, size_t at, const char *name, enum html_content content);

#endif
