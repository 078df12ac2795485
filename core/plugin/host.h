/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_PLUGIN_HOST_H
#define CORE_PLUGIN_HOST_H
/*
 * The table through which plugins reach the program. A struct mailscanner_message is a struct subject to us, a struct
 * mailscanner_batch a struct batch_view.
 */
#include <glib.h>
#include <stdint.h>
#include "plugins/mailscanner.h"
#include "rules/subject.h"

/* A batch as plugins see it. */
struct batch_view {
	const GPtrArray *messages; /* of struct message; borrowed */
	uint64_t number;	   /* no other of this process has it */
	uint64_t bytes;
	gint64 started; /* microseconds since the epoch */
	gint64 ended;	/* 0: not yet */
};

extern const struct mailscanner_host plugin_host;

/* NULL stays NULL. */
struct mailscanner_message *host_message(struct subject *subject);
struct mailscanner_batch *host_batch(struct batch_view *view);

/* What batch() gives from now on; NULL: none. Borrowed. */
void host_set_batch(struct batch_view *view);

#endif
