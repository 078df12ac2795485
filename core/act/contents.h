/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ACT_CONTENTS_H
#define CORE_ACT_CONTENTS_H
/*
 * Contents of parts, fetched from the reader into memory files.
 */
#include <glib.h>
#include <stdbool.h>
#include "core/message/message.h"
#include "core/read/reader.h"

struct contents {
	unsigned *parts; /* numbers, ascending */
	int *fds;	 /* a memory file for each */
	bool *got;	 /* was it to be had? */
	unsigned count;
};

/*
 * Fetches the leaves and members that are wanted (`wanted` has an entry for each part of the message). On true some may still be
 * missing: `got`. On false none is there: SPOOL_ERROR_IO for want of memory, or what the reader says. To be cleared in any case.
 */
bool contents_fetch(struct contents *contents, struct message *message, struct reader *reader,
    enum content_form form, const bool *wanted, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void contents_clear(struct contents *contents);

/* The bytes of the n-th; NULL where they could not be had. The caller's. */
GBytes *contents_bytes(const struct contents *contents, unsigned n);

#endif
