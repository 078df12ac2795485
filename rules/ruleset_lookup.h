/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_RULESET_LOOKUP_H
#define RULES_RULESET_LOOKUP_H
/*
 * One look-up in a ruleset: which terms fit the subject, and how often each rule contributes.
 */
#include "rules/ruleset_private.h"
#include "rules/subject_private.h"

/* Comparisons of a text with a pattern in one look-up: some seconds. */
#define LOOKUP_BUDGET 20000000

/* A term that an index found. */
struct match {
	uint32_t term;
	uint32_t recipients; /* how many of them fit */
	bool sender;	     /* the sender fits, or the client */
};

#define USUAL_MATCHES 32

struct ruleset_lookup {
	const struct ruleset *set;
	struct subject *subject;
	const struct address *sender;
	const struct address *recipients;
	unsigned recipient_count;
	struct match *matches; /* by rising term, each once */
	unsigned match_count;
	unsigned match_room;
	struct match usual[USUAL_MATCHES];
	bool collecting_sender;
	unsigned budget; /* comparisons left */
	bool unsure;	 /* the rule looked at depends on what is not known */
};

/* Asks the indexes. False when the budget did not last; the look-up is to be cleared all the same. */
bool ruleset_lookup_init(
    struct ruleset_lookup *lookup, const struct ruleset *set, struct subject *subject);
void ruleset_lookup_clear(struct ruleset_lookup *lookup);

/* How often a term contributes to a half of this direction, given whom it fits and how many
 * recipients. */
unsigned ruleset_lookup_contributions(
    const struct ruleset_lookup *lookup, enum direction direction, bool sender, unsigned fitting);

/* How often a rule contributes its value; in first mode, whether it does. Sets `unsure` when that
 * can't be known. */
unsigned ruleset_lookup_rule(struct ruleset_lookup *lookup, uint32_t number);

#endif
