/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ACT_KEPT_REMOVE_H
#define CORE_ACT_KEPT_REMOVE_H
/*
 * Entries of the quarantine go from disk.
 */
#include "core/act/kept.h"

/* Removes the entry, and the directory of the day with the last of it. One that is not there is removed already. REFUSED, SYSTEM. */
bool kept_remove(const struct kept *kept, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Removes what removals that were cut short have left behind. Whatever can't be removed stays for the next time. */
void kept_sweep(const char *root);

#endif
