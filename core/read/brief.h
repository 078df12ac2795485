/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_BRIEF_H
#define CORE_READ_BRIEF_H
/*
 * What the reader is told besides the message: limits, and what anybody wants to know. It reads no configuration. A limit of 0
 * means none, but for those that say otherwise.
 */
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct brief {
	/* Limits; each is one of READ_LIMITS in core/message/part.h. */
	unsigned max_depth;  /* of nested MIME containers; at least 1 */
	gint64 max_parts;    /* `Maximum Attachments Per Message`; negative: none */
	uint64_t max_header; /* bytes of one header block; at least 1 */
	unsigned
	    max_archive_depth; /* layers that are opened; 0: archives are listed, not unpacked */
	unsigned max_files;    /* members in all; at least 1 */
	uint64_t max_bytes;    /* decoded and unpacked bytes in all; at least 1 */
	unsigned max_ratio;    /* unpacked to packed bytes of one archive, once it is over 1 MiB */
	unsigned seconds;      /* of wall clock for the message; at least 1 */

	/* What is to be opened. */
	bool find_archives_by_content; /* else by name and the magic of zip, RAR and MZ alone */
	bool find_uuencoded;	       /* in files that are not text parts; in text parts always */
	bool unpack_documents;	       /* of Office: OLE2, OOXML, RTF, web pages ... */
	bool expand_tnef;
	bool list_archives; /* at depth 0: names and encryption of members, nothing unpacked */

	/* What is to be found out. */
	bool want_types;      /* libmagic's words for each file */
	bool want_mime_types; /* and its MIME type */
	bool want_html;	      /* tags, links and edits of HTML and SVG */
	bool want_digests;
};

/* Limits as the directives' defaults have them, and everything wanted: for tests and fuzzers. */
void brief_init(struct brief *brief);

#endif
