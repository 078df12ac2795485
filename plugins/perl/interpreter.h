/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PLUGINS_PERL_INTERPRETER_H
#define PLUGINS_PERL_INTERPRETER_H
/*
 * The one interpreter of this process.
 */
#include "plugins/mailscanner.h"
#include "plugins/perl/perl_headers.h"

/* NULL before the start. */
extern PerlInterpreter *perl_interpreter;

/* NULL, or why it can't be started. */
const char *interpreter_start(const struct mailscanner_host *host);
void interpreter_stop(void);

/* After each call that has run a script: puts back what it has done to the process; one that it has forked ends. */
void interpreter_settle(pTHX);
/* The error of the eval before, for people: one line, no full stop. Good until it is asked for again. */
const char *interpreter_fault(pTHX);

#endif
