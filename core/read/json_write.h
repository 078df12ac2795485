/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_JSON_WRITE_H
#define CORE_READ_JSON_WRITE_H
/* JSON as text, for who writes much of it; each appends. Braces and brackets are the caller's. */
#include <glib.h>
#include <stdint.h>

/* NULL: null. Bytes that are not UTF-8 become U+FFFD. */
void json_write_text(GString *out, const char *text);
void json_write_number(GString *out, uint64_t number);

/* In an object: a comma where one is needed, the name, and a colon. */
void json_write_name(GString *out, const char *name);
/* In a list: a comma where one is needed. */
void json_write_comma(GString *out);

#endif
