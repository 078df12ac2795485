/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_CHECK_HOSTS_H
#define CORE_CHECK_HOSTS_H
/*
 * Host names as links have them, made comparable.
 */
#include <glib.h>
#include <stdbool.h>
#include "rules/sitelist.h"

/*
 * Lower case, labels beyond ASCII as A-labels (RFC 5891 by way of UTS 46). A name that is no valid IDN is only folded. Valid UTF-8
 * in, the caller's out.
 */
char *host_canonical(const char *host);

/* Does a label, A-labels decoded, mix letters of scripts that no language writes together (Latin and Cyrillic ...)? */
bool host_mixes_scripts(const char *host);

/*
 * Is it an address, not a name: IPv4 in any notation that browsers take (four parts or fewer, decimal, octal, hexadecimal), or IPv6,
 * in brackets or not?
 */
bool host_is_address(const char *host);

/* `[user@]host[:port]` without user and port. The caller's. */
char *host_without_port(const char *site);

/*
 * Where the domain begins in the host that somebody registered: one label below the public suffix, which is the longer one of what
 * libpsl knows and an entry of `suffixes` (may be NULL). NULL where there is no such domain. Borrowed from `host`.
 */
const char *host_domain(const char *host, const struct sitelist *suffixes);

#endif
