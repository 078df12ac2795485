/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ACT_MEND_H
#define CORE_ACT_MEND_H
/*
 * The Content- fields of a part, written anew: what the part was judged as is what every mail program reads then, and nothing else.
 */
#include "core/act/mimefield.h"
#include "core/message/part.h"

/* Do the part's Content- fields need it, and can they say what it was judged as? */
bool mend_is_due(const struct part *part);

/*
 * Type, charset, boundary, encoding, disposition, name and Content-ID become those of the part; further parameters stay where they
 * are plain. Of other Content- fields the first of each name stays. Fields whose names are not written properly go, and so do lines that are
 * no field, unless `is_message`: then only what some program may take for a Content- field.
 * Where a boundary line stands among the fields nothing is done.
 */
void mend_fields(struct mimefields *fields, const struct part *part, bool is_message);

#endif
