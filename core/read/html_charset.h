/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_HTML_CHARSET_H
#define CORE_READ_HTML_CHARSET_H
/*
 * Which charset a piece of HTML is in, and its text as UTF-8 (WHATWG, Encoding Standard, and what mail has besides: UTF-7, UTF-32,
 * ISO-2022-KR, HZ).
 */
#include <stdbool.h>
#include <stddef.h>

struct html_charset {
	const char *label;     /* as it is known on the Internet; static */
	const char *converter; /* iconv's name; static */
	bool ascii;	       /* a < is a <: bytes can be read as they are */
};

/* Loads the converters, before the process loses its file system. */
void html_charset_prepare(void);

/*
 * The charset of these bytes: by a byte-order mark, as browsers have it, else by `label` (of the part; "" where it says nothing), else by
 * a meta element in the first kilobyte, else windows-1252 where they are not UTF-8. Never NULL. A label of UTF-16 or UTF-32 on text without
 * a single NUL is not believed.
 */
const struct html_charset *html_charset_of(const char *bytes, size_t size, const char *label);

/* The bytes as UTF-8, U+FFFD for what has no meaning, without a byte-order mark; NULs stay. The caller's, NUL-terminated. */
char *html_charset_convert(
    const struct html_charset *charset, const char *bytes, size_t size, size_t *length);

#endif
