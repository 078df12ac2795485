/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ACT_MAILHEADER_H
#define CORE_ACT_MAILHEADER_H
/*
 * The header of a mail of our own that was made from a template, for templates of old sites say little about themselves.
 */

/*
 * `mail` (header, empty line, body; lines end in LF; UTF-8) as it may be sent: what is not ASCII in its header becomes encoded words
 * (RFC 2047), its text is named as UTF-8 with 8 bits a byte (RFC 2045), whatever charset the template thought of, and it says that a
 * program wrote it (Auto-Submitted, RFC 3834), unless it says so itself. The caller's.
 */
char *mailheader_complete(const char *mail);

/* "name" <address>, whatever the name is; both are made fit for one field. The caller's. */
char *mailheader_mailbox(const char *name, const char *address);

#endif
