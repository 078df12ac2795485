/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SPOOL_EXIM_ID_H
#define SPOOL_EXIM_ID_H
/*
 * Exim's message ids and the names of its queue files.
 *
 * An id is three base-62 numbers: seconds, process, fraction of the second. Up to Exim 4.96 it is
 * "tttttt-pppppp-ss", from 4.97 on "tttttt-ppppppppppp-ssss". Both kinds lie in one queue after an
 * upgrade, so each id is judged by itself.
 */
#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>
#include "spool/spool.h"

#define EXIM_ID_MAX 23

/* Length of the id that `text` begins with; 0 where it begins with none. */
size_t exim_id_length(const char *text);

/* spool_format.identify: knows "<id>-H", "<id>-D" and "<id>-J". */
bool exim_identify(const char *name, struct spool_name *what);

/* spool_format.is_subdirectory: one letter or digit. */
bool exim_is_subdirectory(const char *name);

/* The sub-directory of a split queue that belongs to an id: one character, 0 closed. */
void exim_subdirectory(const char *id, char name[2]);

/*
 * An id of the same length as `like`, for the time `now` (microseconds since the epoch) and the
 * process `pid`; the n-th choice. Exim keeps ids apart by process and time; the caller sees to it
 * that the name is free.
 */
void exim_id_make(char id[EXIM_ID_MAX + 1], const char *like, gint64 now, pid_t pid, unsigned n);

#endif
