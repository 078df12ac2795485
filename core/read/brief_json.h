/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_BRIEF_JSON_H
#define CORE_READ_BRIEF_JSON_H
/*
 * A brief as JSON, member for member; what is as brief_init() has it is left out.
 */
#include <jansson.h>
#include "core/read/brief.h"

/* Appends an object. */
void brief_write(const struct brief *brief, GString *out);
/* False where it is no brief. */
bool brief_read(struct brief *brief, const json_t *json) G_GNUC_WARN_UNUSED_RESULT;

#endif
