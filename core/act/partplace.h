/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ACT_PARTPLACE_H
#define CORE_ACT_PARTPLACE_H
/*
 * Where in a message something can be put beside its parts or into them. For parts whose place is sound (struct part_plan, `ranged`).
 */
#include "core/act/partplan.h"

/* Where its encoded content ends, as a place in the message: without the line end that belongs to a boundary. */
uint64_t part_content_end(const struct part_plans *plans, unsigned n);

/* The line of the boundary before the part's first child; NULL where none can be put beside the children as they stand. Not NUL-terminated. */
const char *part_delimiter(const struct part_plans *plans, unsigned n, size_t *length);

#endif
