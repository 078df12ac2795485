/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PLUGINS_PERL_VALUE_H
#define PLUGINS_PERL_VALUE_H
/*
 * Values between Perl and the program, and how a function in C takes its arguments and answers.
 */
#include "plugins/mailscanner.h"
#include "plugins/perl/perl_headers.h"

/* The program's table; set by host_define(). */
extern const struct mailscanner_host *perl_host;

/* New values; undef for NULL. */
SV *perl_from_json(pTHX_ const char *text);
SV *perl_from_text(pTHX_ const char *text);
/* The message that a number stands for; NULL for undef and 0. */
struct mailscanner_message *perl_message_of(pTHX_ SV *number);

/* What most functions begin with: the number of their arguments, and the message where the first one is that. */
#define ARGUMENTS(count, usage) \
	dXSARGS;                \
	PERL_UNUSED_VAR(cv);    \
	if (items != (count))   \
		croak("usage: " usage);

#define ANSWER(value)                      \
	do {                               \
		ST(0) = sv_2mortal(value); \
		XSRETURN(1);               \
	} while (0)

#endif
