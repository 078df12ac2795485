/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ACT_COPIES_H
#define CORE_ACT_COPIES_H
/*
 * Copies that messages leave here, for archive and quarantine, durable before anything is decided for good. Syncing is what costs, so
 * the copies of a whole batch become durable together: they are written under temporary names, and copies_settle() brings their
 * contents to disk, gives them their names, and brings these to disk, in that order. A file is whole or absent whatever happens in
 * between; a message whose copies were not settled stays in its queue, and is worked again.
 *
 *	struct copy_place *place = copies_open(message, "/archive", "20261130", NULL, &access, error);
 *	struct keepfile file;
 *	bool done = place != NULL && keepfile_create(&file, place->fd, place->access, error) &&
 *		    keepfile_write(&file, text, length, error) && copies_add(place, &file, "name", error);
 *	keepfile_clear(&file);
 */
#include "core/act/keepfile.h"
#include "core/message/message.h"

/* A directory where copies of a message go. It is the message's, as are the copies. */
struct copy_place {
	int fd, parent; /* the directory, and the one that it lies in */
	char *path;
	struct keepfile_access access;
	GPtrArray *files; /* of struct copy: copies.c */
	bool envelope;	  /* a file `envelope` (core/act/keep_envelope.h) belongs there */
};

/*
 * The directory top/day, or top/day/id where `id` is not NULL, which is made where it is missing. A message that asks again for
 * the same gets the same. NULL: SPOOL_ERROR_IO.
 */
struct copy_place *copies_open(struct message *message, const char *top, const char *day,
    const char *id, const struct keepfile_access *access, GError **error);

/*
 * Takes a file over, written in full, that is to be called `name`, or name-1, name-2 ... where that is taken; one of these with
 * the same content will do. `file` is to be cleared all the same.
 */
void copies_add(struct copy_place *place, struct keepfile *file, const char *name);

/* Copies of the queue files, under their own names. SPOOL_ERROR_IO. */
bool copies_add_queue_files(
    struct spool_entry *entry, struct copy_place *place, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A message whose copies are not on disk: it has to stay. */
typedef void copies_failed(struct message *message, const GError *error);

/*
 * Settles the copies of these messages (struct message *). Of those that are left in their queue (FATE_LEAVE) nothing is kept.
 * How contents and names are brought to disk: `Queue Sync`, but where a file system is not known to do it as a whole each file
 * is synced by itself.
 */
void copies_settle(const GPtrArray *messages, copies_failed *failed);

#endif
