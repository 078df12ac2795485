/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PLUGINS_PERL_HOST_H
#define PLUGINS_PERL_HOST_H
/*
 * The package MailScanner::Host: the program's table (plugins/mailscanner.h) as functions for our own modules in Perl. Messages
 * and batches are numbers there, 0 for none; a number is good as long as what it stands for.
 */
#include "plugins/mailscanner.h"
#include "plugins/perl/perl_headers.h"

/* The program's table; set by host_define(). */
extern const struct mailscanner_host *perl_host;

/* Defines the functions in the interpreter. */
void host_define(const struct mailscanner_host *host);

/* The message as a blessed hash, the same each time; undef for NULL. Borrowed. */
SV *host_message(struct mailscanner_message *message);
/* After a function has had the message: what it has put into the hash is carried out, or it is said that it isn't. */
void host_message_seen(struct mailscanner_message *message);
/* Lets $global::MS->{batch} be the batch in hand, as it stands. */
void host_refresh_batch(void);
/* The batch in hand as an object. Borrowed; undef where there is none. */
SV *host_batch_object(void);
/* Calls a function of our own modules; an error is logged. */
void host_call(const char *function, SV *argument);

#endif
