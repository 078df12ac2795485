/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ACT_SEAL_H
#define CORE_ACT_SEAL_H
/*
 * Signatures of senders, and what a change would break of them. Nothing is verified: whoever signed wants it to stay whole.
 */
#include "core/message/message.h"

/*
 * Why a cosmetic change of this part is out of place: it is, or lies in, something signed or encrypted (multipart/signed, S/MIME,
 * OpenPGP), or is an invitation. NULL: nothing is in the way. A constant.
 */
const char *seal_of_part(const struct facts *facts, unsigned part);

/* The same for a text that holds an OpenPGP signature or message in itself. */
bool seal_in_text(const char *text, size_t size);

/* What the message's DKIM-Signature fields (RFC 6376) cover of the body. */
struct seal_dkim {
	bool signed_body; /* there is one */
	bool whole;	  /* one covers all of the body */
	/* Else: bytes that the longest covers, of those that count white space as it is, and of those that are relaxed about it. */
	uint64_t simple, relaxed;
	bool content_type; /* one covers Content-* or MIME-Version fields */
};
struct seal_dkim seal_dkim_of(const struct header_list *headers);

/* Who signed, as the signatures say (d=), each once, with ", " between them. The caller's. */
char *seal_dkim_domains(const struct header_list *headers);

/* Would a change behind these bytes of the body break one? */
bool seal_dkim_breaks(const struct seal_dkim *dkim, const char *bytes, uint64_t size);

/* Does a DKIM signature cover the field of this name? */
bool seal_covers_field(const struct header_list *headers, const char *name);

#endif
