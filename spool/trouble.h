/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SPOOL_TROUBLE_H
#define SPOOL_TROUBLE_H
/* Lists of messages that a hand-off could not finish (struct handoff_trouble). */
#include <glib.h>

GPtrArray *trouble_array(void);
void trouble_add(GPtrArray *list, const char *id, const char *why);

#endif
