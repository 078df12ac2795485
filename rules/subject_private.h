/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_SUBJECT_PRIVATE_H
#define RULES_SUBJECT_PRIVATE_H
/*
 * The subject as rulesets see it: prepared once, compared often. All results are borrowed.
 */
#include "rules/address.h"
#include "rules/network.h"
#include "rules/regex.h"
#include "rules/subject.h"

struct report {
	char *text;
	char *lower;
	size_t length;
};

const struct address *subject_sender_address(const struct subject *subject);
const struct address *subject_recipient_addresses(const struct subject *subject, unsigned *count);
/* What stands for several recipients when `Use Default Rules With Multiple Recipients` is on:
 * "*@domain" when all are in one domain, else "*@*". */
const struct address *subject_substitute(struct subject *subject);
const struct ip *subject_ip(const struct subject *subject);
/* The client's address in canonical form; as given when it is none. */
const char *subject_ip_text(const struct subject *subject);
const struct report *subject_reports(const struct subject *subject, unsigned *count);

/* The client's host name as patterns want it (see rules/pattern.h). Asked once for a subject. False
 * when it could not be found out. */
bool subject_host(struct subject *subject, bool verify, const char **text);

struct regex_scratch *subject_scratch(struct subject *subject);

#endif
