/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SPOOL_EXIM_PLACE_H
#define SPOOL_EXIM_PLACE_H
/* Where in an Exim queue the files of a message are to lie, and under which names. Not for others: they use spool/spool.h. */
#include "spool/exim_id.h"
#include "spool/spool.h"

#define EXIM_FILE_MODE 0640

/*
 * The directory for a message of this id in the queue `to`: that itself, or the sub-directory, which is made where it is missing, with
 * the owner and group of `like`. Borrowed. NULL: SPOOL_ERROR_IO.
 */
struct spool_place *exim_place_of(struct spool_place *to, enum spool_layout layout, const char *id,
    const struct spool_place *like, GError **error);

/* Has nothing this name there? */
bool exim_place_is_free(const struct spool_place *place, const char *name);

/*
 * The same for a new message: an id whose names are free, of the kind that `like_id` has. SPOOL_ERROR_EXISTS where none is found.
 */
struct spool_place *exim_place_for_new(struct spool_place *to, enum spool_layout layout,
    const char *like_id, const struct spool_place *like, char id[EXIM_ID_MAX + 1], GError **error);

#endif
