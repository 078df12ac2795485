/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The indexes say which terms fit, a handful, kept sorted so that a rule's half finds its own among
 * them. Terms that no index holds are compared when a rule that has them is looked at, and never
 * before; those that need the client's name after all others, since asking may take seconds.
 */
#include "rules/ruleset_lookup.h"

#include <stdlib.h>
#include <string.h>

/* What else than a short comparison costs, in comparisons: one that an expression's limit ended,
 * and so many bytes of a text. */
#define OVERRUN_PRICE 20000
#define LENGTH_PRICE 64

static void
collect(uint32_t term, void *data)
{
	struct ruleset_lookup *lookup = data;

	if (lookup->match_count == lookup->match_room) {
		bool grown = lookup->matches != lookup->usual;
		struct match *matches =
		    g_renew(struct match, grown ? lookup->matches : NULL, lookup->match_room * 2);
		if (!grown)
			memcpy(matches, lookup->usual, sizeof(lookup->usual));
		lookup->matches = matches;
		lookup->match_room *= 2;
	}
	struct match match = { term, !lookup->collecting_sender, lookup->collecting_sender };
	lookup->matches[lookup->match_count++] = match;
}

static int
compare_matches(const void *left, const void *right)
{
	const struct match *a = left, *b = right;

	return (a->term > b->term) - (a->term < b->term);
}

static void
sort_matches(struct ruleset_lookup *lookup)
{
	struct match *matches = lookup->matches;

	if (lookup->match_count > USUAL_MATCHES) {
		qsort(matches, lookup->match_count, sizeof(*matches), compare_matches);
		return;
	}
	for (unsigned i = 1; i < lookup->match_count; i++) {
		struct match match = matches[i];
		unsigned j = i;
		for (; j > 0 && matches[j - 1].term > match.term; j--)
			matches[j] = matches[j - 1];
		matches[j] = match;
	}
}

/* One entry a term, with the sum of who fits. */
static void
merge_matches(struct ruleset_lookup *lookup)
{
	struct match *matches = lookup->matches;
	unsigned kept = 0;

	sort_matches(lookup);
	for (unsigned i = 0; i < lookup->match_count; i++) {
		if (kept > 0 && matches[kept - 1].term == matches[i].term) {
			matches[kept - 1].recipients += matches[i].recipients;
			matches[kept - 1].sender |= matches[i].sender;
		} else {
			matches[kept++] = matches[i];
		}
	}
	lookup->match_count = kept;
}

bool
ruleset_lookup_init(
    struct ruleset_lookup *lookup, const struct ruleset *set, struct subject *subject)
{
	lookup->set = set;
	lookup->subject = subject;
	lookup->sender = subject_sender_address(subject);
	lookup->recipients = subject_recipient_addresses(subject, &lookup->recipient_count);
	if (set->wildcard_recipients && lookup->recipient_count > 1) {
		lookup->recipients = subject_substitute(subject);
		lookup->recipient_count = 1;
	}
	lookup->matches = lookup->usual;
	lookup->match_room = USUAL_MATCHES;
	lookup->match_count = 0;
	lookup->budget = LOOKUP_BUDGET;
	lookup->unsure = false;
	lookup->collecting_sender = true;
	netset_find(set->networks, subject_ip(subject), collect, lookup);
	bool whole = globset_find(set->globs, lookup->sender, &lookup->budget, collect, lookup);
	lookup->collecting_sender = false;
	for (unsigned i = 0; i < lookup->recipient_count && whole; i++)
		whole = globset_find(
		    set->globs, &lookup->recipients[i], &lookup->budget, collect, lookup);
	merge_matches(lookup);
	return whole;
}

void
ruleset_lookup_clear(struct ruleset_lookup *lookup)
{
	if (lookup->matches != lookup->usual)
		g_free(lookup->matches);
}

unsigned
ruleset_lookup_contributions(
    const struct ruleset_lookup *lookup, enum direction direction, bool sender, unsigned fitting)
{
	switch (direction) {
	case DIRECTION_FROM:
		return sender;
	case DIRECTION_TO:
		return fitting;
	case DIRECTION_FROM_OR_TO:
		return sender + fitting;
	case DIRECTION_FROM_AND_TO:
		return sender && fitting > 0 && fitting == lookup->recipient_count;
	case DIRECTION_VIRUS:
		return 0;
	}
	return 0;
}

static void
spend(struct ruleset_lookup *lookup, size_t comparisons)
{
	lookup->budget -= (unsigned)MIN(comparisons, lookup->budget);
}

static void
note_overrun(struct ruleset_lookup *lookup, const struct regex *regex)
{
	if (!regex_first_complaint(regex))
		return;
	g_autofree char *text = g_strdup_printf(
	    "%s: the expression /%s/ was stopped at its limit and taken not to match",
	    lookup->set->path, regex_text(regex));
	subject_add_note(lookup->subject, text);
}

static bool
expression_fits(
    struct ruleset_lookup *lookup, const struct regex *regex, const char *text, size_t length)
{
	enum regex_answer answer =
	    regex_match(regex, subject_scratch(lookup->subject), text, length);

	if (answer == REGEX_OVERRUN) {
		spend(lookup, OVERRUN_PRICE);
		note_overrun(lookup, regex);
	}
	return answer == REGEX_HIT;
}

/* Counts a comparison with a text of this length; false when there were too many. */
static bool
may_try(struct ruleset_lookup *lookup, size_t length)
{
	if (lookup->budget == 0) {
		lookup->unsure = true;
		return false;
	}
	spend(lookup, 1 + length / LENGTH_PRICE);
	return true;
}

static bool
address_fits(struct ruleset_lookup *lookup, const struct term *term, const struct address *address)
{
	if (!may_try(lookup, address->length))
		return false;
	if (term->kind == PATTERN_ADDRESS)
		return glob_match(term->glob, address->lower, address->length);
	return expression_fits(lookup, term->regex, address->text, strlen(address->text));
}

static unsigned
try_addresses(struct ruleset_lookup *lookup, const struct term *term, enum direction direction)
{
	bool all = direction == DIRECTION_FROM_AND_TO, sender = false;
	unsigned fitting = 0;

	if (direction != DIRECTION_TO)
		sender = address_fits(lookup, term, lookup->sender);
	if (direction == DIRECTION_FROM || (all && !sender))
		return sender;
	for (unsigned i = 0; i < lookup->recipient_count; i++) {
		bool fits = address_fits(lookup, term, &lookup->recipients[i]);
		fitting += fits;
		if (all ? !fits : fits && !lookup->set->all)
			break;
	}
	return ruleset_lookup_contributions(lookup, direction, sender, fitting);
}

/* An expression is compared with ".mail.example.com", ".example.com" and ".com", and contributes
 * for each that fits. */
static unsigned
try_host(struct ruleset_lookup *lookup, const struct term *term, bool verify)
{
	const char *text;
	unsigned fitting = 0;

	if (!may_try(lookup, 0))
		return 0;
	if (!subject_host(lookup->subject, verify, &text)) {
		lookup->unsure = true;
		return 0;
	}
	if (!pattern_is_expression((enum pattern_kind)term->kind))
		return glob_match(term->glob, text, strlen(text));
	do {
		fitting += expression_fits(lookup, term->regex, text, strlen(text));
		text = *text != '\0' ? strchr(text + 1, '.') : NULL;
	} while (text);
	return fitting;
}

static unsigned
try_reports(struct ruleset_lookup *lookup, const struct term *term)
{
	unsigned count, fitting = 0;
	const struct report *reports = subject_reports(lookup->subject, &count);

	for (unsigned i = 0; i < count && may_try(lookup, reports[i].length); i++) {
		if (term->kind == PATTERN_REPORT)
			fitting += glob_match(term->glob, reports[i].lower, reports[i].length);
		else
			fitting += expression_fits(
			    lookup, term->regex, reports[i].text, reports[i].length);
	}
	return fitting;
}

static unsigned
try_term(struct ruleset_lookup *lookup, const struct term *term, enum direction direction)
{
	const char *ip;

	switch ((enum pattern_kind)term->kind) {
	case PATTERN_ADDRESS:
	case PATTERN_ADDRESS_EXPRESSION:
		return try_addresses(lookup, term, direction);
	case PATTERN_CLIENT_EXPRESSION:
	case PATTERN_CLIENT_WHOLE:
		ip = subject_ip_text(lookup->subject);
		return may_try(lookup, 0) && expression_fits(lookup, term->regex, ip, strlen(ip));
	case PATTERN_HOST:
	case PATTERN_HOST_EXPRESSION:
		return try_host(lookup, term, true);
	case PATTERN_CLAIMED:
	case PATTERN_CLAIMED_EXPRESSION:
		return try_host(lookup, term, false);
	case PATTERN_REPORT:
	case PATTERN_REPORT_EXPRESSION:
		return try_reports(lookup, term);
	case PATTERN_DEFAULT:
	case PATTERN_LIST:
	case PATTERN_CLIENT:
		break;
	}
	return 0;
}

static const struct match *
match_of(const struct ruleset_lookup *lookup, uint32_t term)
{
	struct match key = { .term = term };

	return bsearch(&key, lookup->matches, lookup->match_count, sizeof(key), compare_matches);
}

static int
compare_terms(const void *left, const void *right)
{
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;

	return (a > b) - (a < b);
}

/* The terms of a half that an index found: goes through the shorter of two sorted lists. */
static unsigned
indexed_contributions(const struct ruleset_lookup *lookup, const uint32_t *terms, uint32_t count,
    enum direction direction)
{
	unsigned sum = 0;

	if (count <= lookup->match_count) {
		for (uint32_t i = 0; i < count; i++) {
			const struct match *match = match_of(lookup, terms[i]);
			if (match)
				sum += ruleset_lookup_contributions(
				    lookup, direction, match->sender, match->recipients);
		}
		return sum;
	}
	for (unsigned i = 0; i < lookup->match_count; i++) {
		const struct match *match = &lookup->matches[i];
		if (bsearch(&match->term, terms, count, sizeof(*terms), compare_terms))
			sum += ruleset_lookup_contributions(
			    lookup, direction, match->sender, match->recipients);
	}
	return sum;
}

/* `enough`: the caller only wants to know whether there is any. */
static unsigned
half_contributions(struct ruleset_lookup *lookup, uint32_t rule, int half, bool enough)
{
	enum direction direction =
	    (enum direction)ruleset_rule(lookup->set, rule)->directions[half];
	uint32_t count, tried = 0;
	const uint32_t *terms = ruleset_half(lookup->set, rule, half, &count);

	while (tried < count && ruleset_term(lookup->set, terms[tried])->tried)
		tried++;
	unsigned sum = indexed_contributions(lookup, terms + tried, count - tried, direction);
	for (uint32_t i = 0; i < tried && !(enough && sum > 0); i++)
		sum += try_term(lookup, ruleset_term(lookup->set, terms[i]), direction);
	if (enough && sum > 0)
		lookup->unsure = false;
	return sum;
}

unsigned
ruleset_lookup_rule(struct ruleset_lookup *lookup, uint32_t number)
{
	const struct rule *rule = ruleset_rule(lookup->set, number);
	bool first = !lookup->set->all, unsure;
	/* The half that needs a resolver is asked after the other. */
	int early = rule->hosts & 1, late = 1 - early;
	unsigned counts[2];

	lookup->unsure = false;
	if (!rule->both)
		return half_contributions(lookup, number, 0, first);
	counts[early] = half_contributions(lookup, number, early, first || early == 0);
	unsure = lookup->unsure;
	if (counts[early] == 0 && !unsure)
		return 0;
	lookup->unsure = false;
	counts[late] = half_contributions(lookup, number, late, first || late == 0);
	if (counts[late] == 0 && !lookup->unsure)
		return 0;
	lookup->unsure |= unsure;
	return counts[0] > 0 ? counts[1] : 0;
}
