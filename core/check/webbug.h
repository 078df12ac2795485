/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_CHECK_WEBBUG_H
#define CORE_CHECK_WEBBUG_H
/*
 * Pictures that are there to be loaded, not to be seen.
 */
#include <glib.h>
#include <stdbool.h>
#include "core/message/html.h"

struct webbug_rules {
	GPtrArray *servers; /* of GPatternSpec: `Known Web Bug Servers` */
	GPtrArray *ignored; /* of GPatternSpec: `Ignored Web Bug Filenames` */
	char *replacement;  /* `Web Bug Replacement`; "" for a picture without address */
	char *removed;	    /* words in front of the address that is gone */
};

/* The lists are separated by blanks or commas; a "*" in an entry stands for anything, all else for itself, whatever its case. */
void webbug_rules_init(struct webbug_rules *rules, const char *servers, const char *ignored,
    const char *replacement, const char *removed);
void webbug_rules_clear(struct webbug_rules *rules);

/*
 * Its server is a known one, or it is at most 2 by 2 pixels, both sizes given as numbers. Not where the last component of its path is
 * ignored; nor, for its size, where it loads nothing (cid:, data:) or is our replacement.
 */
bool webbug_is(const struct webbug_rules *rules, const struct html_image *image);

/* The tag that stands in for it: sizes kept where they were, the address that is gone as alternative text. The caller's. */
char *webbug_replacement(const struct webbug_rules *rules, const struct html_image *image);

#endif
