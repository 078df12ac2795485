/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_PATTERN_H
#define RULES_PATTERN_H
/*
 * One pattern word of a rule: what kind it is, and its text in the form in which it is compiled.
 */
#include <glib.h>
#include <stdbool.h>

enum pattern_kind {
	PATTERN_DEFAULT, /* everything: the default rule */
	PATTERN_LIST,	 /* text: the path of a file of patterns */
	PATTERN_ADDRESS, /* text: glob, lower case, with "@" */
	PATTERN_ADDRESS_EXPRESSION,
	PATTERN_CLIENT,		   /* text: as network_parse() takes it */
	PATTERN_CLIENT_EXPRESSION, /* on the text of the client's address */
	PATTERN_CLIENT_WHOLE,	   /* such an expression that has to fit all of it */
	PATTERN_HOST,		   /* text: glob on pattern_host_text(), the name verified */
	PATTERN_HOST_EXPRESSION,
	PATTERN_CLAIMED, /* the same, the name just claimed */
	PATTERN_CLAIMED_EXPRESSION,
	PATTERN_REPORT, /* text: glob that fits anywhere, lower case */
	PATTERN_REPORT_EXPRESSION,
};

struct pattern {
	enum pattern_kind kind;
	GString *text; /* the caller's, set anew each time */
};

/* Classifies a word; `virus`: it stands in a Virus: rule. */
void pattern_read(struct pattern *pattern, const char *word, bool virus);

/* A sentence on what is odd about the word, though it was taken; NULL when nothing is. Static. */
const char *pattern_oddity(const struct pattern *pattern, const char *word);

bool pattern_is_expression(enum pattern_kind kind);
bool pattern_asks_host(enum pattern_kind kind);

/* A host name as patterns of PATTERN_HOST and PATTERN_CLAIMED want it: ".mail.example.com", the
 * empty text for no name, "_spoofed_" for a name that does not lead back. */
#define PATTERN_SPOOFED "_spoofed_"
#define PATTERN_HOST_PREFIX "."

#endif
