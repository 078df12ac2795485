/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ACT_KEPT_H
#define CORE_ACT_KEPT_H
/*
 * What lies in the quarantine: found, shown, given back, thrown away. The tree of directories is the truth
 * (core/act/quarantine.h); an index of it in the state directory (quarantine.db) makes looking for something quick, and is made
 * again from the tree where it is lost or behind.
 *
 * Errors are KEPT_ERROR.
 */
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define KEPT_ERROR kept_error_quark()
GQuark kept_error_quark(void);
enum kept_error {
	KEPT_ERROR_SYSTEM,  /* a file or the index can't be read or written; later may work */
	KEPT_ERROR_REFUSED, /* what is wanted can't be had of this entry */
};

/* A message in the quarantine, or what is left of it. */
struct kept {
	char *path; /* of its directory, or of its file where it is kept as one file (spam) */
	char *day;  /* "yyyymmdd" */
	char *id;   /* queue id */
	char *
	    kind; /* "infection", or the directory that it lies in: "spam", "nonspam", "mcp", "nonmcp" */
	int64_t stored;	  /* seconds since the epoch */
	char *sender;	  /* "" for the null sender, or when it is not known */
	char *recipients; /* blanks between them; "" when they are not known */
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

/* Names of the files of an entry. The caller's. */
GPtrArray *kept_files(const struct kept *kept);

/*
 * The message as it came, header fields of ours that say so on top of it. REFUSED where it was not kept whole. The caller's.
 */
GBytes *kept_message(const struct kept *kept, const char *const *header, GError **error);

/*
 * Gives the message back: `command` (an MTA's sendmail, with the outgoing queue) accepts it for `recipients` (NULL-terminated), NULL:
 * the original ones. `by`: who does so, for the header X-...-Released that `header_name` names.
 */
bool kept_release(const struct kept *kept, const char *command, const char *const *recipients,
    const char *header_name, const char *by, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Removes the entry from disk, and from the index. */
bool kept_delete(
    struct kept_index *index, const struct kept *kept, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
