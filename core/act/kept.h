/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ACT_KEPT_H
#define CORE_ACT_KEPT_H
/*
 * What lies in the quarantine: found, shown, read, thrown away (core/act/release.h gives it back). The tree of directories is the
 * truth (core/act/quarantine.h); an index of it in the state directory (quarantine.db) makes looking for something quick, and is made
 * again from the tree where it is lost, damaged or behind.
 *
 * Nothing outside of the quarantine is ever read or removed, and below its top no symbolic link is followed.
 *
 * Errors are KEPT_ERROR.
 */
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include "spool/spool.h"

#define KEPT_ERROR kept_error_quark()
GQuark kept_error_quark(void);
enum kept_error {
	KEPT_ERROR_SYSTEM,   /* a file or the index can't be read or written; later may work */
	KEPT_ERROR_GONE,     /* it is not there any more */
	KEPT_ERROR_REFUSED,  /* what is wanted can't be had of this entry */
	KEPT_ERROR_RELEASED, /* it was given back before */
};

/* A message in the quarantine, or what is left of it. */
struct kept {
	char *root; /* the quarantine */
	char *path; /* of its directory, or of its file where it is kept as one file (spam) */
	char *day;  /* "yyyymmdd" */
	char *id;   /* queue id */
	char *
	    kind; /* "infection", or the directory that it lies in: "spam", "nonspam", "mcp", "nonmcp" */
	int64_t stored;	  /* seconds since the epoch */
	char *sender;	  /* "" for the null sender, or when it is not known */
	char *recipients; /* a line each; "" when they are not known */
	char *subject;
	char *findings; /* a line each */
	bool whole;	/* the whole message is there */
	uint64_t bytes;
};

void kept_free(void *kept);

struct kept_filter {
	const char *id;		   /* this id */
	const char *from;	   /* part of the sender, in any case */
	const char *to;		   /* part of a recipient */
	const char *reason;	   /* part of a finding, of the subject or of the kind */
	const char *since, *until; /* days, "yyyymmdd", both included */
};

struct kept_index;

/* Opens the index of the quarantine at `root` and brings it up to date. `progress` (may be NULL) is called while that lasts. */
struct kept_index *kept_open(const char *root, const char *state,
    void (*progress)(unsigned done, unsigned all, void *data), void *data, GError **error);
void kept_close(struct kept_index *index);

/* Entries that fit all members of the filter that are not NULL, oldest first: of struct kept, the caller's. */
GPtrArray *kept_find(struct kept_index *index, const struct kept_filter *filter, GError **error);

/* Names of the files of an entry, sorted, those of our own (with a dot) left out. The caller's. */
GPtrArray *kept_files(const struct kept *kept);

/* Opens one of them for reading. GONE where there is no such plain file, SYSTEM. -1 on failure. */
int kept_open_file(const struct kept *kept, const char *name, GError **error);

/*
 * The whole message, as if it lay in a queue: envelope as it was noted, header, body. REFUSED where it was not kept whole or is
 * damaged, GONE, SYSTEM. Of a message whose envelope was not noted, sender and recipients are empty.
 */
struct spool_entry *kept_entry(const struct kept *kept, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Removes the entry from disk, and from the index. After a crash it is there, or it is not: never a part of it. */
bool kept_delete(
    struct kept_index *index, const struct kept *kept, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
