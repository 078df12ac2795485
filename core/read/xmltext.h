/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_XMLTEXT_H
#define CORE_READ_XMLTEXT_H
/*
 * XML that is searched, not parsed: office programs take what a strict parser refuses.
 */
#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * The text, with character references decoded but for marks of XML, white space made blanks, comments and instructions left out and
 * quoted text (CDATA) freed of its marks. UTF-16 is told by its first bytes; of it only ASCII is kept. The caller's.
 */
GString *xml_plain(const char *bytes, size_t size);

/* The > that ends the tag; one in quotes ends nothing. `end`: none does. */
const char *xml_tag_end(const char *tag, const char *end);

/* The value of an attribute in a tag, with any prefix; borrowed. False: it has none. */
bool xml_attribute(
    const char *tag, size_t length, const char *name, const char **value, size_t *size);

#endif
