/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ACT_VERDICT_H
#define CORE_ACT_VERDICT_H
/*
 * What the findings of a message come to. Computed from them whenever it is asked for; nobody keeps a copy.
 */
#include <glib.h>
#include <stdbool.h>
#include "core/message/message.h"

struct verdict {
	bool virus, name, size, other; /* which kinds of infection there are */
	bool infected;		       /* any of them */
	bool error;		       /* among the others one that is an error (type e) */
	bool denial;		       /* reading it ended the reader, or its workers */
	bool silent; /* `Silent Viruses`: nobody but the postmaster is to be told */
	bool noisy;  /* `Non-Forging Viruses`: its sender is to be told all the same */
	bool
	    silent_virus; /* silent because of a virus, not only of a keyword for HTML or archives */
	bool password;	  /* a password-protected archive; for the subject of notices */
	bool no_password; /* one that should be and isn't */
	bool disarmed;	  /* HTML was disarmed, or a link marked */
	bool phishing;
};

void verdict_of(const struct message *message, struct verdict *verdict);

/* Is this finding an infection, so that it is reported and its part replaced? */
bool verdict_counts(const struct finding *finding);

/* Silent, and not noisy: only the postmaster is told. */
bool verdict_is_hushed(const struct verdict *verdict);

/* The text of a finding as it stands in reports: name and other findings begin with the word `MailScanner` of the language strings where `Include Scanner Name In Reports` says so. The caller's. */
char *verdict_report(const struct message *message, const struct finding *finding);

/* Name of the file that a finding is about, for people: the part's, or the words for "not named" or "the entire message". Borrowed. */
const char *verdict_file_name(const struct message *message, const struct finding *finding);

#endif
