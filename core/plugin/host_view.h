/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_PLUGIN_HOST_VIEW_H
#define CORE_PLUGIN_HOST_VIEW_H
/*
 * What is behind a plugin's message.
 */
#include <glib.h>
#include "core/message/message.h"
#include "plugins/mailscanner.h"
#include "rules/subject.h"

static inline struct subject *
host_subject(struct mailscanner_message *message)
{
	return (struct subject *)(void *)message;
}

/* NULL: there is only an envelope. */
static inline struct message *
host_whole(struct mailscanner_message *message)
{
	return subject_handle(host_subject(message));
}

/* Likewise. */
static inline const struct spool_entry *
host_entry(struct mailscanner_message *message)
{
	const struct message *whole = host_whole(message);

	return whole != NULL ? whole->entry : NULL;
}

/* keep() of the table. */
static inline const char *
host_keep(struct mailscanner_message *message, const char *text)
{
	return message != NULL ? subject_keep(host_subject(message), text) : g_intern_string(text);
}

#endif
