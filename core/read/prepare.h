/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_PREPARE_H
#define CORE_READ_PREPARE_H
/*
 * What the libraries that read mail want from the file system, fetched before there is none.
 */
#include <glib.h>
#include <stdbool.h>

/* May be called more than once. False: something that can't be done without is missing (G_FILE_ERROR). */
bool prepare_libraries(GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
