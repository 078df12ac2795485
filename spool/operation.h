/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SPOOL_OPERATION_H
#define SPOOL_OPERATION_H
/*
 * One file operation of a hand-off. It may be applied any number of times, and by another process
 * than the one that planned it: an operation whose file has gone from its name, or whose name
 * belongs to another file (inode) by now, has nothing to do.
 */
#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>
#include "spool/place.h"

enum operation_kind {
	OPERATION_PATCH,	/* `content` becomes all that the file holds behind `offset` */
	OPERATION_RENAME,	/* to `to/new_name`, which is never replaced */
	OPERATION_CHMOD,	/* to `mode`, synced at once */
	OPERATION_UNLINK,	/* in order with the renames */
	OPERATION_UNLINK_AFTER, /* when all the renames are on disk */
	OPERATION_KINDS
};

struct operation {
	enum operation_kind kind;
	struct spool_place *place; /* a reference */
	char *name;
	ino_t inode;		/* of the file that is meant; 0: whatever has the name */
	GBytes *content;	/* patch */
	off_t offset;		/* patch: what stands before it stays */
	int fd;			/* patch: open for writing; -1: to be opened when needed */
	bool opened;		/* `fd` is the operation's own */
	off_t old_size;		/* patch: as reserved or opened */
	struct spool_place *to; /* rename: a reference */
	char *new_name;		/* rename */
	bool prepared;		/* rename: of a file that the hand-off wrote itself */
	mode_t mode;		/* chmod */
};

/* The rest is for the caller to fill in. */
struct operation *operation_new(
    enum operation_kind kind, struct spool_place *place, const char *name, ino_t inode);
void operation_free(struct operation *operation);

/* Is anything left to be done? In doubt (the system refuses to tell) yes. */
bool operation_remains(const struct operation *operation);

/*
 * Before a patch is decided: the file has no other link (SPOOL_ERROR_EXISTS), and the room for the
 * new content is its own already, so that a full disk can't come in between (SPOOL_ERROR_IO); a file that is to be opened for it is
 * there (SPOOL_ERROR_GONE) and holds `offset` bytes (SPOOL_ERROR_CORRUPT). True
 * for other operations, and where the file system knows no reservation.
 */
bool operation_reserve(struct operation *operation, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * Does what is left to be done. SPOOL_ERROR_EXISTS: the new name belongs to another file.
 * SPOOL_ERROR_IO: the system refused, later it may work. Nothing is synced but what a chmod
 * changes.
 */
bool operation_apply(struct operation *operation, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
