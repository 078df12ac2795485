/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ACT_CHARSET_H
#define CORE_ACT_CHARSET_H
/*
 * Putting UTF-8 text into parts that are written in another charset.
 */
#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

enum charset_kind {
	CHARSET_NONE,	/* the part names none */
	CHARSET_UTF8,	/* and its aliases */
	CHARSET_PLAIN,	/* another superset of ASCII: byte positions of ASCII text can be edited */
	CHARSET_WHOLE,	/* UTF-16, ISO-2022-JP ...: text can only be edited as a whole */
	CHARSET_UNKNOWN /* iconv doesn't know it */
};

enum charset_kind charset_kind_of(const char *charset);

/*
 * `text` (UTF-8) in the charset. A character that it lacks becomes a numeric character reference where `references`, else
 * NULL is returned. The caller's.
 */
GString *charset_encode(const char *text, size_t size, const char *charset, bool references);

/* `bytes` as UTF-8; those that mean nothing become U+FFFD. NULL where the charset is unknown. The caller's. */
GString *charset_decode(const char *bytes, size_t size, const char *charset);

bool charset_is_ascii(const char *bytes, size_t size);

/* `text` in ASCII with numeric character references; or with the nearest letters. The caller's. */
char *charset_references(const char *text);
char *charset_letters(const char *text);

#endif
