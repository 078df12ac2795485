/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_CHECK_HTMLPLACE_H
#define CORE_CHECK_HTMLPLACE_H
/*
 * Where a piece of HTML stands: what mail programs do with it, and whether it can be edited there.
 */
#include <stdbool.h>
#include "core/message/part.h"

/* Mail programs show it by themselves: text/html that is no attachment, of the usual reading, whether it has a name or not. */
bool htmlplace_is_shown(const struct part *part);

/* HTML or SVG that people have to open, in a part that can be edited. */
bool htmlplace_is_file(const struct part *part);

/*
 * Mail programs show it, and nobody can edit it: text/html of another reading, unless a part that is shown (or, with `files`, is a
 * file) has the same bytes and will be edited for both; and what lies in signed data (application/pkcs7-mime).
 */
bool htmlplace_is_beyond(const struct facts *facts, const struct part *part, bool files);

#endif
