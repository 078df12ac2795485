/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PLUGINS_PERL_OBJECT_H
#define PLUGINS_PERL_OBJECT_H
/*
 * Messages and batches as the objects that scripts get.
 */
#include "plugins/mailscanner.h"
#include "plugins/perl/perl_headers.h"

/* The message as a blessed hash, the same each time; undef for NULL. Borrowed. */
SV *object_message(struct mailscanner_message *message);
/* After a function has had the message: what it has put into the hash is carried out, or it is said that it isn't. */
void object_message_seen(struct mailscanner_message *message);
/* Lets $global::MS->{batch} be the batch in hand, as it stands. */
void object_refresh_batch(void);
/* The batch in hand as an object. Borrowed; undef where there is none. */
SV *object_batch(void);
/* Calls a function of our own modules; an error is logged. */
void object_call(const char *function, SV *argument);

#endif
