/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PLUGINS_PERL_HOST_H
#define PLUGINS_PERL_HOST_H
/*
 * The package MailScanner::Host: the program's table (plugins/mailscanner.h) as functions for our own modules in Perl. Messages
 * and batches are numbers there, 0 for none; a number is good as long as what it stands for.
 */
#include "plugins/mailscanner.h"
#include "plugins/perl/perl_headers.h"

/* Defines the functions in the interpreter, and sets perl_host (value.h). */
void host_define(const struct mailscanner_host *host);

#endif
