/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_RULESET_PRIVATE_H
#define RULES_RULESET_PRIVATE_H
/*
 * A compiled ruleset.
 *
 * Each distinct pattern is a *term*. A rule is one half or, with "and", two; a half is a direction
 * and the terms of which any one suffices (one, or those of a list file). Terms that an index can
 * find (addresses, networks) lead to the rules that hang on them; the other rules are tried, in
 * file order. Rules are numbered in file order.
 */
#include <stdint.h>

#include "rules/globset.h"
#include "rules/netset.h"
#include "rules/pattern.h"
#include "rules/regex.h"
#include "rules/ruleset.h"

enum direction {
	DIRECTION_FROM,
	DIRECTION_TO,
	DIRECTION_FROM_OR_TO,
	DIRECTION_FROM_AND_TO,
	DIRECTION_VIRUS,
};

struct term {
	union {
		const char *glob; /* lower case */
		const struct regex *regex;
	};
	uint32_t uses; /* where its rules begin in ruleset.uses; they end where the next's begin */
	uint8_t kind;  /* enum pattern_kind */
	bool tried;    /* no index finds it */
};

struct rule {
	uint32_t line;
	uint32_t value;	       /* in ruleset.values */
	uint32_t halves[2];    /* where they begin in ruleset.parts; the second ends where the next
				  rule begins */
	uint8_t directions[2]; /* enum direction */
	bool both;	       /* has "and" */
	uint8_t hosts;	       /* bits: which halves ask for the client's name */
};

struct ruleset {
	char *path;
	bool all;
	bool wildcard_recipients;
	char *text; /* the file as it was read */
	size_t length;
	GPtrArray *values;   /* of char *, each distinct */
	GStringChunk *texts; /* of globs */
	GPtrArray *regexes;
	GArray *terms; /* of struct term, and one more that ends the last one's uses */
	GArray *parts; /* of uint32_t, terms: in a half the tried ones first, then rising */
	GArray *rules; /* of struct rule, and one more that ends the last one's half */
	GArray *uses;  /* of uint32_t, rules, rising for each term */
	GArray *tried; /* of uint32_t, rules that no index leads to, rising */
	GArray *hosts; /* of uint32_t, rules that ask for the client's name, rising */
	struct globset *globs;
	struct netset *networks;
	unsigned count; /* of rules */
	uint32_t default_line;
	int default_value; /* -1: the file has none */
};

static inline const struct rule *
ruleset_rule(const struct ruleset *set, uint32_t number)
{
	return &g_array_index(set->rules, struct rule, number);
}

static inline const struct term *
ruleset_term(const struct ruleset *set, uint32_t number)
{
	return &g_array_index(set->terms, struct term, number);
}

/* The terms of a half and how many. */
const uint32_t *ruleset_half(const struct ruleset *set, uint32_t rule, int half, uint32_t *count);

/* Fills uses, tried and hosts from terms, parts and rules. */
void ruleset_index(struct ruleset *set);

#endif
