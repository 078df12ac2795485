/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_NETWORK_H
#define RULES_NETWORK_H
/*
 * Addresses and networks of IPv4 and IPv6, and the ways in which rules write them.
 */
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

enum ip_family { IP_NONE, IP_V4, IP_V6 };

/* An IPv4-mapped IPv6 address is an IPv4 address here. */
struct ip {
	enum ip_family family;
	uint8_t bytes[16]; /* IPv4: the first four */
};

struct network {
	struct ip ip;  /* host bits are zero */
	unsigned bits; /* 0 to 32 or 128 */
};

unsigned ip_bits(enum ip_family family);
/* False (and IP_NONE) when the text is no address. */
bool ip_parse(const char *text, struct ip *ip);
/* In the canonical form of RFC 5952; "" for IP_NONE. The caller's. */
char *ip_text(const struct ip *ip);

/* Does a rule's word look like an address or the beginning of one: digits and dots only, or
 * hexadecimal digits, dots and at least one colon? */
bool network_looks_like(const char *word);

/*
 * Appends the networks (struct network) that a word of a rule stands for: an address, the beginning
 * of one, "network/bits", "network/mask" or "first-last". False with a reason in `error` when it
 * stands for none; what was appended until then is to be thrown away.
 *
 * `*partial` becomes true when the word ends within an octet or group that may go on ("10.1" also
 * means 10.10 to 10.19 and 10.100 to 10.199).
 */
bool network_parse(
    const char *word, GArray *networks, bool *partial, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
