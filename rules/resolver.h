/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_RESOLVER_H
#define RULES_RESOLVER_H
/*
 * Host names of client addresses, for host: rules: with a limit on the time, answers kept for a
 * while.
 */
#include <glib.h>
#include <stdbool.h>

enum resolver_answer {
	RESOLVER_NAME,	  /* a name */
	RESOLVER_NONE,	  /* the address has no name */
	RESOLVER_SPOOFED, /* it has one, which does not lead back to the address */
	RESOLVER_UNKNOWN, /* no answer in time, or a server failure */
};

/* `servers`: "ADDRESS[:PORT], ..." or "" for the system's. `milliseconds`: for one question with
 * all its retries. */
void resolver_configure(const char *servers, unsigned milliseconds);

/*
 * The verified (or, without `verify`, just claimed) name of an address, lower-cased, in `*name`
 * (the caller's; set for RESOLVER_NAME only). IPv4 and IPv6.
 */
enum resolver_answer resolver_client_name(const char *ip, bool verify, char **name);

#endif
