/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_CHECK_PHISHING_NET_H
#define CORE_CHECK_PHISHING_NET_H
/*
 * Does a link lead where its text says? A pure function of the link and of the rules of the net.
 *
 * - A target on the list of bad sites, and not on that of safe ones, is definite fraud, whatever the text says.
 * - Else a link is judged only where its text looks like an address, its target is a bare IP address (`numeric`), or the
 *   address itself is fishy (control characters, encoded delimiters, letters of mixed scripts).
 * - The strict net compares host names; a leading "www." doesn't count, user names and ports do. The lenient net compares the
 *   domains that somebody registered.
 * - A target on the list of safe sites is never fraud. Where it is a redirector that carries another address, that one
 *   is judged instead.
 * - A redirector that is what the text says, but carries an address elsewhere that the text doesn't show, is fraud in the strict net.
 */
#include <glib.h>
#include <stdbool.h>
#include "rules/sitelist.h"

struct phishing_net {
	bool numeric; /* `Also Find Numeric Phishing` */
	bool strict;  /* `Use Stricter Phishing Net` */
	bool mail;    /* `Highlight Mailto Phishing`: mailto: links count */
	bool hidden;  /* `Highlight Hidden URLs` */
	const struct sitelist *safe, *bad, *country; /* borrowed; NULL: empty */
};

enum phishing_verdict {
	PHISHING_NONE,
	PHISHING_POSSIBLE,
	PHISHING_DEFINITE,
	PHISHING_NUMERIC, /* leads to an IP address, and says so */
	PHISHING_HIDDEN,  /* no fraud: the text is not where it leads */
};

struct phishing_hit {
	enum phishing_verdict verdict;
	bool address;	 /* the target is an IP address, and `numeric` is set */
	char *target;	 /* where it leads, as shown */
	char *claimed;	 /* where it says that it leads; "" where it says nothing */
	char *onward;	 /* where a redirector goes on to; "" for nowhere */
	const char *why; /* for people; a constant; NULL with PHISHING_NONE */
};

/*
 * `text` is the raw HTML between the tags (valid UTF-8), `href` the target, `area` the address of an area between the tags
 * (NULL: none), which then is the target while `href` makes the claim; `base` is the document's (NULL: none). The caller clears the hit.
 */
void phishing_judge(const struct phishing_net *net, const char *text, const char *href,
    const char *area, const char *base, struct phishing_hit *hit);
void phishing_hit_clear(struct phishing_hit *hit);

#endif
