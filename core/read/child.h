/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_CHILD_H
#define CORE_READ_CHILD_H
/*
 * The reader process as its worker has it: started, asked one question at a time, ended and replaced where it is of no use. Errors are
 * READER_ERROR.
 */
#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>
#include "core/read/frames.h"

struct child {
	pid_t pid;    /* 0: none */
	int socket;   /* -1: none */
	bool ready;   /* it has said so */
	bool waiting; /* it has been asked, and the answer not been taken */
	struct frame frame;
	gint64 deadline; /* of the answer */

	/* A question, for who asks to fill in, and kept until the next: the brief; the rest of the text, with its last brace; fields. */
	GString *brief, *request, *fields;
	GString *
	    known; /* the brief that the process has, "" for none: it is sent only when it is another one */
};

void child_init(struct child *child);
/* Ends the process, whatever it does. */
void child_clear(struct child *child);

bool child_start(struct child *child, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Asks; there is a process afterwards, where it is possible. `seconds` is what the answer may take. */
bool child_ask(struct child *child, enum frame_kind kind, const int *fds, unsigned fd_count,
    unsigned seconds, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The answer, of this kind, which is in `frame` then. False: there is none, and another process, unless the system refused. */
bool child_take(
    struct child *child, enum frame_kind kind, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Its answer can't be believed (`why` NULL: is none): another one in its place, and false. */
bool child_refuse(struct child *child, GError **error, const char *why);

#endif
