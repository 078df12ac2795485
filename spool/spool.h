/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SPOOL_SPOOL_H
#define SPOOL_SPOOL_H
/*
 * A mail queue, whatever MTA it belongs to.
 *
 * Calling sequence, for one message of a batch:
 *
 *	entry = format->claim(place, id, &error);       lock it the way its MTA does
 *	format->read(entry, &error);                    envelope and headers
 *	... edit entry->headers, decide ...
 *	format->deliver(entry, &delivery, handoff, &error)  or  format->drop(entry, handoff)
 *	... the others of the batch ...
 *	handoff_commit(handoff, ...)
 *	spool_entry_free(entry);                        lets the lock go
 *
 * A message that comes from no queue: format->submit(&submission, handoff, &error), then handoff_commit().
 *
 * A format is one `const struct spool_format`. It parses and writes its queue files and says which
 * file operations hand a message over; spool/handoff.h carries them out. It decides nothing: no
 * policy is known here.
 *
 * Room that the formats need, and how they get it:
 * - One file or several: files are the format's own affair, `entry->own`.
 * - New ids on hand-over (Postfix: the id is the inode): deliver() may choose another; it says
 *   which in `delivery->new_id`.
 * - Splitting: deliver() may be called several times for one entry, with disjoint recipients. Each
 *   call but the first of them makes a message of its own with a new id, published by the same
 *   hand-off.
 * - A queue on another file system: deliver() prepares a copy instead of renaming.
 */
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include "spool/envelope.h"
#include "spool/handoff.h"
#include "spool/header.h"
#include "spool/place.h"

#define SPOOL_ID_MAX 64

/* What a file name in a queue directory means. */
struct spool_name {
	char id[SPOOL_ID_MAX]; /* of the message that it belongs to */
	bool control;	       /* the file whose presence makes it a message */
	gint64 received;       /* when the id tells: microseconds since the epoch; else 0 */
};

struct spool_entry {
	const struct spool_format *format;
	struct spool_place *place; /* the queue directory that it lies in */
	char *id;
	uint64_t size;		   /* of its queue files together: "size" in log lines and limits */
	struct envelope *envelope; /* NULL until read */
	struct header_list *headers; /* NULL until read */
	int body_fd;		     /* the file with the body, for pread; -1 once released */
	off_t body_offset;	     /* where the body starts in it */
	uint64_t body_size;
	bool body_crlf;	    /* the body's lines end in CRLF; known once read */
	unsigned delivered; /* calls of deliver() since spool_entry_begin() */
	void *own;	    /* the format's */
};

/* Takes a piece of a body. False, with `error` set: it wants no more. */
typedef bool (*spool_take)(void *data, const char *bytes, size_t size, GError **error);

/* Sub-directories of a queue directory: none, by id, or as found. */
enum spool_layout { SPOOL_FLAT, SPOOL_SPLIT, SPOOL_DETECT };

/* How one message, or one part of its recipients, leaves. All borrowed. */
struct spool_delivery {
	struct spool_place
	    *to; /* the outgoing queue directory, before any splitting into sub-directories */
	enum spool_layout layout;
	GPtrArray
	    *recipients; /* of struct recipient: who gets it; NULL: the envelope's, and `added` */
	const char *const *added;  /* addresses to add, NULL-terminated; NULL: none */
	bool untouched;		   /* headers as they came, whatever the list says */
	bool keep_deleted_headers; /* on file, marked as deleted, where the format can */
	/* Gives all of the body that replaces the old, with LF line ends, in pieces; the same each
	 * time that it is called. NULL: the old one stays. */
	bool (*new_body)(const void *body, spool_take take, void *data, GError **error);
	const void *body; /* for new_body */
	GBytes *new_tail; /* where that is known and short: all of the new body behind the first
			     `same` bytes, which are those of the old one; NULL: not known */
	uint64_t same;
	char new_id[SPOOL_ID_MAX]; /* out: the id in the outgoing queue */
	bool patched; /* out: the old body has become the new one, but for its first `same` bytes */
};

/* A message that comes from no queue. All borrowed. */
struct spool_submission {
	struct spool_place *to; /* as in struct spool_delivery */
	enum spool_layout layout;
	const struct envelope
	    *envelope; /* sender, recipients (one at least), and what is known of the client */
	const struct header_list *headers; /* fields that are deleted are left out */
	/* Gives all of the body, with LF line ends, in pieces. */
	bool (*body)(const void *source, spool_take take, void *data, GError **error);
	const void *source; /* for body */
	const char *like;   /* an id: the new one is of its kind, where the format has several and
			       that is one. NULL: of the kind that every version can read */
	char new_id[SPOOL_ID_MAX]; /* out */
};

struct spool_format {
	const char *name;
	/* Is this a queue file's name, and of which message? Pure. */
	bool (*identify)(const char *name, struct spool_name *what);
	/* Can this be the name of a sub-directory of a split queue? Pure. NULL: such queues are
	 * never split. */
	bool (*is_subdirectory)(const char *name);
	/* Locks the message without waiting. BUSY, GONE, CORRUPT, IO. The entry holds a reference
	 * to the place, which is the directory that the files lie in, sub-directory included. */
	struct spool_entry *(*claim)(struct spool_place *place, const char *id, GError **error);
	/* Reads envelope and headers. CORRUPT, HELD, IO. */
	bool (*read)(struct spool_entry *entry, GError **error);
	/* Adds to `handoff`, after spool_entry_begin(), what delivers it. IO, EXISTS, or CORRUPT
	 * where what is wanted can't be written (an address to add that is none); then the list is
	 * to be abandoned. */
	bool (*deliver)(struct spool_entry *entry, struct spool_delivery *delivery,
	    struct handoff *handoff, GError **error);
	/* The same for a message that leaves no trace in the outgoing queue. */
	void (*drop)(struct spool_entry *entry, struct handoff *handoff);
	/*
	 * Opens a list in `handoff`, and adds to it what makes a new message in the queue: the files
	 * are those of the queue directory's owner, and the last rename makes it a message. The
	 * caller may add operations to the list. On false it is abandoned already: CORRUPT where the
	 * envelope can't be written (an address that is none), IO, EXISTS. NULL: the format can't.
	 */
	bool (*submit)(
	    struct spool_submission *submission, struct handoff *handoff, GError **error);
	/* Names of its queue files, for copies of them: NULL-terminated, borrowed. */
	const char *const *(*files)(const struct spool_entry *entry);
	/* The one whose lock keeps the MTA out. Borrowed. */
	const char *(*lock_file)(const struct spool_entry *entry);
	/* What the queue file says before the header fields, as it was read, for people and plugins that
	 * know the format. Borrowed; NULL when it was not read. May be NULL. */
	const char *(*control)(const struct spool_entry *entry, size_t *length);
	/* Frees `own` and closes descriptors, which lets the lock go. */
	void (*release)(struct spool_entry *entry);
};

extern const struct spool_format spool_exim;

/* Lets the lock go and frees all. NULL is allowed. */
void spool_entry_free(struct spool_entry *entry);

/* handoff_begin() with this entry's id and lock file: call before deliver() or drop(), and again
 * after handoff_abandon(). */
void spool_entry_begin(struct spool_entry *entry, struct handoff *handoff);

/* The format that the directive MTA names ("exim"; the reference looks for a substring, so "Exim 4"
 * works), or NULL. */
const struct spool_format *spool_format_named(const char *mta);

#endif
