/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_HTML_ENTITIES_H
#define CORE_READ_HTML_ENTITIES_H
/*
 * Character references (WHATWG, HTML Living Standard sections 13.2.5.72 to 13.2.5.80): `&amp;`, `&#38;`, `&#x26;`.
 */
#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* Longest name, with its semicolon. */
#define HTML_ENTITY_MAX 32

/*
 * What the reference at `bytes` (which is an ampersand) stands for is appended to `out` as UTF-8. Returns how many bytes it takes, 0
 * where there is no reference; then nothing is appended. In an attribute's value (`attribute`) a name without a semicolon does not
 * count before a letter, a digit or an equals sign.
 */
size_t html_reference(const char *bytes, size_t size, bool attribute, GString *out);

/* What html_decode does, ORed. */
enum html_decoding {
	HTML_DECODE_REFERENCES = 1,
	HTML_DECODE_ATTRIBUTE = 2, /* the rule for attributes counts */
	HTML_DECODE_NUL = 4,	   /* NUL becomes U+FFFD */
};

/* Appends the bytes as the tree would get them: references decoded, lines ended by LF. */
void html_decode(GString *out, const char *bytes, size_t size, unsigned how);

#endif
