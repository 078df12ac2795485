/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_CHECK_FILENAMES_H
#define CORE_CHECK_FILENAMES_H
/*
 * File names: `Allow Filenames`, `Deny Filenames`, `Filename Rules` and what of them is for archives.
 */
#include "core/check/files.h"

/* How many files are not allowed. */
unsigned check_filenames(struct message *message);

/* Whether each of its names is allowed by a list or a rule, so that `Override Filetypes` exempts it from checks of its type. */
bool filename_is_allowed(const struct file *file);

#endif
