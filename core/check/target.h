/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_CHECK_TARGET_H
#define CORE_CHECK_TARGET_H
/*
 * Where a link leads: from the text of an href attribute to the host that will be asked.
 */
#include <glib.h>
#include <stdbool.h>

enum target_kind {
	TARGET_NONE,   /* a place in the same document, a file, a word */
	TARGET_WEB,    /* a host: http, https, ftp, webcal, or an address without scheme */
	TARGET_MAIL,   /* mailto: */
	TARGET_PHONE,  /* tel:, fax: */
	TARGET_SCRIPT, /* javascript:, vbscript:, data: */
};

struct target {
	enum target_kind kind;
	char *
	    site; /* [user@]host[:port] as compared and shown (port 80 left out; of mailto the domain); "" for none */
	char *host;   /* of it the host alone; "" for none */
	char *user;   /* of mailto; "" elsewhere */
	char *onward; /* host of another URL that a redirector is given in the query; "" for none */
	const char *alarm; /* what is fishy about the address itself; NULL: nothing */
};

/* Bytes of an address that count. */
#define TARGET_LENGTH_MAX 8192
/* Redirectors in redirectors that are followed. */
#define TARGET_ONWARD_MAX 4

/*
 * `href` with its character references decoded; `base` is the document's, or NULL. Without `mail`, mailto: leads nowhere. Everything
 * in lower case. The caller clears it.
 */
void target_read(struct target *target, const char *href, const char *base, bool mail);
void target_clear(struct target *target);

#endif
