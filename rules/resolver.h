/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_RESOLVER_H
#define RULES_RESOLVER_H
/*
 * Host names of client addresses, for host: rules: with a limit on the time, answers kept for a
 * while. One resolver a process.
 */
#include <glib.h>
#include <stdbool.h>

enum resolver_answer {
	RESOLVER_NAME,	  /* a name */
	RESOLVER_NONE,	  /* the address has no name */
	RESOLVER_SPOOFED, /* it has one, which does not lead back to the address */
	RESOLVER_UNKNOWN, /* no answer in time, or a server failure */
};

/* What a failure to find out means. */
enum resolver_failure {
	RESOLVER_FAILURE_UNKNOWN, /* can't tell */
	RESOLVER_FAILURE_NO_NAME, /* the address counts as one without a name */
};

/*
 * `servers`: "ADDRESS[:PORT], ..." (an IPv6 address with a port in brackets) or "" for the
 * system's, and then its hosts file too. `milliseconds`: for all that one name takes. False, and
 * nothing changed, when `servers` is malformed. Forgets all answers kept. Without this call: the
 * system's servers, five seconds, failures unknown.
 */
bool resolver_configure(const char *servers, unsigned milliseconds, enum resolver_failure failure,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * The verified (or, without `verify`, just claimed) name of an address, lower-cased, in `*name`
 * (the caller's; set for RESOLVER_NAME only). IPv4 and IPv6.
 */
enum resolver_answer resolver_client_name(const char *ip, bool verify, char **name);

#endif
