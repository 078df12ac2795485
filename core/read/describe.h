/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_DESCRIBE_H
#define CORE_READ_DESCRIBE_H
/* What a header says of a part besides its structure. */
#include "core/message/part.h"
#include "core/read/view.h"

/* Type, encoding, names, disposition, charset, Content-ID, and facts about how they are written. */
void describe(struct part *part, const struct fields *fields, const struct view *view);

#endif
