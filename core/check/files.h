/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_CHECK_FILES_H
#define CORE_CHECK_FILES_H
/*
 * What the checks of file names and of file types share: which parts are files, and which names each may have.
 *
 * Files are MIME parts with content of their own and everything that was unpacked; containers are not. What only another reading
 * of the message shows is checked alike, but what is wrong with it is wrong with the message as a whole.
 */
#include "core/message/message.h"

struct file {
	struct message *message;
	const struct part *part;
	unsigned number;   /* in facts */
	int reported;	   /* what findings are about: the number, or FINDING_WHOLE */
	bool archived;	   /* the "Archives:" directives are for it */
	const char *shown; /* its name for people; never "" */
};

/*
 * The n-th part, if it is a file. False for containers, and for the name of a member that could not be taken out of an archive
 * where `Check Filenames In Password-Protected Archives` is no.
 */
bool file_of(struct message *message, unsigned n, struct file *file);
/* A name for people for any part; never "". Borrowed from the message. */
const char *file_shown(struct message *message, unsigned n);
/* FINDING_WHOLE for parts of another reading than the usual. */
int file_reported(const struct message *message, unsigned n);

/*
 * Every name that rules are to see, of char *; the caller's, never empty. Characters outside ASCII are one '#' each, as rules of MailScanner
 * expect. Windows ignores dots and blanks at the end, so names are there without them too. A part without a name has one as it
 * would get when saved: "msg-1-2.txt".
 */
GPtrArray *file_names(const struct file *file);

/* The part has a name or is meant as an attachment, or was unpacked from one: no text to be read in the message. */
bool file_is_attached(const struct part *part);

#endif
