/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_RICHTEXT_H
#define CORE_READ_RICHTEXT_H
/*
 * Rich Text Format, as Word reads it: what is embedded in it.
 */
#include "core/read/task.h"

/* Whether Word takes the file for it, whatever its name says. */
bool richtext_is(const char *bytes, size_t size);

/*
 * Opens part n: facts about links, templates from elsewhere, DDE; embedded objects become members (letter o), unless archives are not
 * to be unpacked (depth 0).
 */
void richtext_open(struct task *task, unsigned n, const char *bytes, size_t size);

#endif
