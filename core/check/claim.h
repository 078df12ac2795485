/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_CHECK_CLAIM_H
#define CORE_CHECK_CLAIM_H
/*
 * Where a link says that it leads: from what stands between its tags to the host that people will believe in.
 */
#include <glib.h>
#include <stdbool.h>
#include "core/check/target.h"

struct claim {
	char *text; /* the word of the text that is most like an address, lower case; "" for none */
	char *user; /* of a mail address, where the target is one; "" elsewhere */
};

/*
 * `html` is the raw HTML between the tags, valid UTF-8. What it means depends on whether the target is a mail address or a telephone
 * number. The caller clears it.
 */
void claim_read(struct claim *claim, const char *html, enum target_kind kind);
void claim_clear(struct claim *claim);

/* Would people take the text for an address? (As MailScanner asks: "www.", "http:" ..., ".com", ".co.uk" and the like.) */
bool claim_is_address(const char *text);

/* The host of such a text, A-labels, "www." before names that begin without it, unless `plain`. The caller's. */
char *claim_host(const char *text, bool plain);

#endif
