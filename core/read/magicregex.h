/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_MAGICREGEX_H
#define CORE_READ_MAGICREGEX_H
/*
 * libmagic's regular expressions, which are POSIX's, judged by PCRE2: as fast as it gets, and never "no" where libmagic would say
 * "yes".
 */
#include "core/read/magicentry.h"

struct magicregex;

/* Of an entry of the type MAGICENTRY_REGEX. Compiles to machine code, so it must precede the sandbox. For the life of the process. */
struct magicregex *magicregex_new(const struct magicentry *entry);

/*
 * One of these must stand in all that matches: `count` of them, 0 where nothing is certain. Letters of either case, if `folded`. The
 * regex's.
 */
const struct magicview *magicregex_literals(
    const struct magicregex *regex, unsigned *count, bool *folded);

/* False: libmagic, looking from `place` on, would not find it. */
bool magicregex_may_match(
    const struct magicregex *regex, const struct magicview *view, size_t place);

#endif
