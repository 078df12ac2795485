/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_MAGICTEST_H
#define CORE_READ_MAGICTEST_H
/* What libmagic would make of an entry, judged without it: widely, so that "no" is certain. */
#include "core/read/magicentry.h"

enum magicverdict {
	MAGICVERDICT_NO,    /* nothing can come of it */
	MAGICVERDICT_MAYBE, /* libmagic is to be asked */
	MAGICVERDICT_YES,   /* libmagic will say something, and look no further */
};

/*
 * An entry and what continues it, up to `end`. `regexes` has what magicregex_new() made of the entries that are expressions: one that is
 * missing may match.
 */
enum magicverdict magictest_judge(const struct magicentry *entry, const struct magicentry *end,
    const struct magicview *view, GHashTable *regexes);

/* Whether these bytes stand at this place. */
bool magictest_is_at(
    const struct magicview *view, size_t place, const struct magicview *wanted, bool folded);

#endif
