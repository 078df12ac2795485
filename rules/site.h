/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_SITE_H
#define RULES_SITE_H
/*
 * The macros by which mail shows where it was scanned: %org-name%, %org-long-name% and %web-site%,
 * guessed from the host where nobody has set them.
 */
#include <glib.h>
#include <stdbool.h>
#include "rules/macros.h"

/* Whether the lines leave all three as a new MailScanner 5 has them. */
bool site_is_placeholder(const GPtrArray *lines);

/* Defines those of the three that are not defined. */
void site_define(struct macros *macros);
/* Whether this line of a file where site_is_placeholder() is to be passed over. */
bool site_skips(const char *name);

#endif
