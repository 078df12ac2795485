/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SPOOL_ENVELOPE_H
#define SPOOL_ENVELOPE_H
/*
 * What a queue file says about a message besides its headers and body (RFC 5321: the envelope), in
 * the terms that all MTAs share. A queue format fills it; rules and log lines are made from it.
 */
#include <glib.h>
#include <stdbool.h>

struct recipient {
	char *address; /* bare: no <>, no format's extra data; case as written */
	char *own; /* the queue file's own text for it, to be written back as it was; NULL for one
		      that we added */
};

struct envelope {
	char *sender; /* bare, case as written; "" for the null sender */
	GPtrArray
	    *recipients; /* of struct recipient: those still to be delivered, in the file's order */
	char *client_ip; /* address of the SMTP client, text without brackets or port; "" when
			    unknown or local */
	char *client_name; /* its verified host name, NULL when unknown */
	char *helo;	   /* NULL when unknown */
	char *protocol;	   /* such as "esmtps", NULL when unknown */
	char *auth_id;	   /* who authenticated (RFC 4954), NULL when nobody did */
	gint64 received;   /* seconds since the epoch, 0 when unknown */
	bool frozen;	   /* the MTA or its operator has stopped its delivery */
};

struct envelope *envelope_new(void);
void envelope_free(struct envelope *envelope);

/* Adds `address` (copied) at the end, with the format's own text `own` (copied, may be NULL). */
void envelope_add_recipient(struct envelope *envelope, const char *address, const char *own);

#endif
