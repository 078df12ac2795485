/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SPOOL_LISTING_H
#define SPOOL_LISTING_H
/* The names in a directory that end in one of the suffixes. */
#include <glib.h>
#include "spool/place.h"

/* `suffixes` is NULL-terminated. The caller's array of char *; NULL and SPOOL_ERROR_IO when the
 * directory can't be read to its end. */
GPtrArray *listing_of(struct spool_place *place, const char *const *suffixes,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
