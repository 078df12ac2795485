/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_PLUGIN_STORE_H
#define CORE_PLUGIN_STORE_H
/*
 * Texts by name that the workers share and that outlive them, for plugins: "functions.db" in `State Dir`.
 *
 * It is for what may be lost in a power cut but not in a restart (counters, what was seen lately). Where it can't be used there
 * is nothing in it, and the log says why, once in a process. Opened at the first use.
 */
#include <stdint.h>

/* NULL: none, or it has expired. Borrowed until the next call. */
const char *store_get(const char *name);
/* NULL removes. `seconds` until it expires; 0: never. */
void store_set(const char *name, const char *value, unsigned seconds);
/* Adds to the number under that name, and gives the sum; what is no number, absent or expired is 0. */
int64_t store_add(const char *name, int64_t amount, unsigned seconds);
void store_close(void);

#endif
