/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_CHECK_SPLICES_H
#define CORE_CHECK_SPLICES_H
/*
 * Changes that several checks want in the text of one part, made into edits that fit together.
 *
 * They are planned in order of position; what is inserted at the same place stays in the order of planning. Where two
 * replacements meet, all bytes that either takes away go:
 * - of two that overlap in part, the texts stand one behind the other;
 * - one that lies within another leaves no text: the outer one speaks for it. So does an insertion within a replacement.
 */
#include <glib.h>
#include "core/message/message.h"

struct splice {
	size_t start, end;
	char *text; /* owned */
};

/* Of struct splice; frees texts. */
GArray *splices_new(void);
/* `text` is copied. */
void splices_add(GArray *splices, size_t start, size_t end, const char *text);

/*
 * Plans them as BODY_SPLICE edits of the part, together with those that are planned for it already, which keep who planned them.
 * `splices` may be unordered; it is emptied. `stage` is a string constant.
 */
void splices_plan(struct message *message, unsigned part, GArray *splices, const char *stage);

#endif
