/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_TRIAL_H
#define CMD_TRIAL_H
/*
 * One call of one custom function, in a process of its own, so that a function that crashes or hangs is told of like any other.
 */
#include <glib.h>
#include <jansson.h>
#include <stdbool.h>
#include "rules/directives.h"

struct trial {
	enum directive
	    directive; /* whose value it gives; the configuration names the function there */
	bool is_seat;  /* nobody asked for that directive: the function has to stand somewhere */
	const char *message;   /* file or queue id; NULL: none */
	const char *from, *ip; /* NULL: the message's own */
	const char *const *to; /* likewise */
};

/*
 * Runs it. What came of it as an object, a new reference:
 *
 *	{"function", "arguments": [], "directive", "message", "answer", "gave", "value", "inside", "why": [], "fault",
 *	 "seconds": {"start", "call"}, "log": [{"level", "text"}]}
 *
 * answer: "value", "no value", "can't tell", or "none" where it was not called or didn't return; fault: what went wrong, or null.
 * `status` is of sysexits(3): EX_UNAVAILABLE the function failed or can't tell, EX_SOFTWARE it ended the process, EX_USAGE there is no
 * such function, EX_NOINPUT, EX_TEMPFAIL and EX_OSERR as to message and system.
 */
json_t *trial_run(const struct trial *trial, int *status);

#endif
