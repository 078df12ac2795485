/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PLUGINS_PERL_GUARD_H
#define PLUGINS_PERL_GUARD_H
/*
 * How long a call into Perl may take: `Custom Function Timeout`.
 *
 * When the time is over, a signal of our own (not SIGALRM, which scripts use) makes Perl's handler die at the next safe point,
 * and again every so often for a script that catches it.
 */
#include <stdbool.h>

/* The signal, as Perl's %SIG names it. */
#define GUARD_SIGNAL_NAME "NUM40"

/* Between these the clock runs; they nest, and the outermost pair counts. */
void guard_begin(unsigned seconds);
void guard_end(void);
/* Is the time over? False outside of calls, so a signal that comes late does nothing. */
bool guard_overdue(void);
/* Was it over in the call that ended last? */
bool guard_was_overdue(void);

#endif
