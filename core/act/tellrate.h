/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ACT_TELLRATE_H
#define CORE_ACT_TELLRATE_H
/*
 * How often an address is written to within an hour, counted by all workers, and by those that start each minute, together: in told.db in the
 * `State Dir`.
 */
#include <glib.h>
#include <stdbool.h>

/* Counts another mail to the address (any case); false when there have been `most` within the hour that began with the first. */
bool tellrate_allows(const char *address, gint64 most);

#endif
