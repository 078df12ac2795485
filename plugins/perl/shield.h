/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PLUGINS_PERL_SHIELD_H
#define PLUGINS_PERL_SHIELD_H
/*
 * What a script does to the process that it runs in, and that isn't its own, is put back when its function is over: standard
 * streams that it closes or sends elsewhere, signal handlers of the worker, umask, an alarm that it forgets. A process that it
 * has forked, and that comes back from the function as if it were the worker, ends.
 */
#include <stdbool.h>

/* Notes how things are: when the interpreter begins. */
void shield_start(void);
void shield_stop(void);
/* After a call. */
void shield_restore(void);
/* Is this a process that a script has forked? */
bool shield_is_forked(void);

#endif
