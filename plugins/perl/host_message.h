/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PLUGINS_PERL_HOST_MESSAGE_H
#define PLUGINS_PERL_HOST_MESSAGE_H
/*
 * The functions of MailScanner::Host that are about a message, whose number is their first argument.
 */
#include "plugins/perl/perl_headers.h"

/* Defines them in the interpreter. */
void host_message_define(pTHX);

#endif
