/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ACT_TEXTPART_H
#define CORE_ACT_TEXTPART_H
/*
 * The parts of a message that a person reads first: where warnings and signatures go.
 */
#include <glib.h>
#include <stdbool.h>
#include "core/message/message.h"

enum textpart_walk {
	TEXTPART_FIRST, /* of a multipart its first child, and of an alternative the second too */
	TEXTPART_ALL,	/* of an alternative all children */
};

/*
 * Numbers of the parts (unsigned), in order: text/plain and text/html leaves of the usual reading that are no attachments and
 * that no planned edit replaces or removes. Empty where there is none. What is signed or encrypted as a whole (multipart/signed,
 * S/MIME, OpenPGP) is not entered: `sealed` (may be NULL) says whether that was met.
 */
GArray *textpart_list(const struct message *message, enum textpart_walk walk, bool *sealed);

bool textpart_is_html(const struct message *message, unsigned part);

/* Plans `text` at the top of the part: behind <html>, else <body>, of HTML; before everything of plain text. */
void textpart_insert_top(
    struct message *message, unsigned part, const char *text, bool cosmetic, const char *stage);
/* At its end: before </body>, else before </html>, of HTML; or in place of SIGNATURE_MARK where the part holds it. */
void textpart_insert_end(
    struct message *message, unsigned part, const char *text, bool cosmetic, const char *stage);

#endif
