/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A look-up first asks the indexes which terms fit, a handful, and walks the rules that hang on
 * them. In first mode the lowest number wins, and what has to be tried (expressions, stars in odd
 * places, reports, host names) is tried only as far as it stands before the best rule so far. Host
 * names come last, since asking for one may take seconds.
 */
#include <stdlib.h>
#include <string.h>

#include "rules/ruleset_private.h"
#include "rules/subject_private.h"

#define NO_RULE UINT32_MAX
/* Comparisons of a text with a pattern in one look-up: some seconds. */
#define BUDGET 20000000
/* Values that one look-up may gather in all mode. */
#define HITS_LIMIT 1000000

/* A term that an index found. */
struct match {
	uint32_t term;
	uint32_t recipients; /* how many of them fit */
	bool sender;	     /* the sender fits, or the client */
};

#define USUAL_MATCHES 32

struct lookup {
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

static void
collect(uint32_t term, void *data)
{
	struct lookup *lookup = data;

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
sort_matches(struct lookup *lookup)
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
merge_matches(struct lookup *lookup)
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

/* False when not even the indexes could be asked to the end. */
static bool
lookup_init(struct lookup *lookup, const struct ruleset *set, struct subject *subject)
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
	lookup->budget = BUDGET;
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

static void
lookup_clear(struct lookup *lookup)
{
	if (lookup->matches != lookup->usual)
		g_free(lookup->matches);
}

/* How often a term contributes, given whom it fits. */
static unsigned
contributions(const struct lookup *lookup, enum direction direction, bool sender, unsigned fitting)
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
note_overrun(struct lookup *lookup, const struct regex *regex)
{
	if (!regex_first_complaint(regex))
		return;
	g_autofree char *text = g_strdup_printf(
	    "%s: the expression /%s/ was stopped at its limit and taken not to match",
	    lookup->set->path, regex_text(regex));
	subject_add_note(lookup->subject, text);
}

static bool
expression_fits(struct lookup *lookup, const struct regex *regex, const char *text, size_t length)
{
	enum regex_answer answer =
	    regex_match(regex, subject_scratch(lookup->subject), text, length);

	if (answer == REGEX_OVERRUN)
		note_overrun(lookup, regex);
	return answer == REGEX_HIT;
}

/* Counts a comparison; false when there were too many. */
static bool
may_try(struct lookup *lookup)
{
	if (lookup->budget == 0) {
		lookup->unsure = true;
		return false;
	}
	lookup->budget--;
	return true;
}

static bool
address_fits(struct lookup *lookup, const struct term *term, const struct address *address)
{
	if (!may_try(lookup))
		return false;
	if (term->kind == PATTERN_ADDRESS)
		return glob_match(term->glob, address->lower, address->length);
	return expression_fits(lookup, term->regex, address->text, strlen(address->text));
}

static unsigned
try_addresses(struct lookup *lookup, const struct term *term, enum direction direction)
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
	return contributions(lookup, direction, sender, fitting);
}

/* An expression is compared with ".mail.example.com", ".example.com" and ".com", and contributes
 * for each that fits. */
static unsigned
try_host(struct lookup *lookup, const struct term *term, bool verify)
{
	const char *text;
	unsigned fitting = 0;

	if (!may_try(lookup))
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
try_reports(struct lookup *lookup, const struct term *term)
{
	unsigned count, fitting = 0;
	const struct report *reports = subject_reports(lookup->subject, &count);

	for (unsigned i = 0; i < count && may_try(lookup); i++) {
		const char *lower = reports[i].lower;
		fitting += term->kind == PATTERN_REPORT
			       ? glob_match(term->glob, lower, strlen(lower))
			       : expression_fits(
				     lookup, term->regex, reports[i].text, strlen(reports[i].text));
	}
	return fitting;
}

static unsigned
try_term(struct lookup *lookup, const struct term *term, enum direction direction)
{
	const char *ip;

	switch ((enum pattern_kind)term->kind) {
	case PATTERN_ADDRESS:
	case PATTERN_ADDRESS_EXPRESSION:
		return try_addresses(lookup, term, direction);
	case PATTERN_CLIENT_EXPRESSION:
	case PATTERN_CLIENT_WHOLE:
		ip = subject_ip_text(lookup->subject);
		return may_try(lookup) && expression_fits(lookup, term->regex, ip, strlen(ip));
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
match_of(const struct lookup *lookup, uint32_t term)
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
indexed_contributions(
    const struct lookup *lookup, const uint32_t *terms, uint32_t count, enum direction direction)
{
	unsigned sum = 0;

	if (count <= lookup->match_count) {
		for (uint32_t i = 0; i < count; i++) {
			const struct match *match = match_of(lookup, terms[i]);
			if (match)
				sum += contributions(
				    lookup, direction, match->sender, match->recipients);
		}
		return sum;
	}
	for (unsigned i = 0; i < lookup->match_count; i++) {
		const struct match *match = &lookup->matches[i];
		if (bsearch(&match->term, terms, count, sizeof(*terms), compare_terms))
			sum += contributions(lookup, direction, match->sender, match->recipients);
	}
	return sum;
}

/* `enough`: the caller only wants to know whether there is any. */
static unsigned
half_contributions(struct lookup *lookup, uint32_t rule, int half, bool enough)
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

/* How often a rule contributes its value. Sets `unsure` when that is not known. */
static unsigned
rule_contributions(struct lookup *lookup, uint32_t number)
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

static enum rule_answer
doubt(struct lookup *lookup, uint32_t rule, const char *question)
{
	g_autofree char *text = g_strdup_printf(
	    "%s line %u: %s", lookup->set->path, ruleset_rule(lookup->set, rule)->line, question);

	subject_set_doubt(lookup->subject, text);
	return RULES_UNKNOWN;
}

static enum rule_answer
doubt_effort(struct lookup *lookup)
{
	g_autofree char *text = g_strdup_printf(
	    "%s: more than %d comparisons for one message", lookup->set->path, BUDGET);

	subject_set_doubt(lookup->subject, text);
	return RULES_UNKNOWN;
}

static enum rule_answer
doubt_rule(struct lookup *lookup, uint32_t rule)
{
	if (lookup->budget == 0)
		return doubt_effort(lookup);
	g_autofree char *question = g_strdup_printf(
	    "the name of the client %s could not be found out", subject_ip_text(lookup->subject));
	return doubt(lookup, rule, question);
}

static void
add_hit(const struct lookup *lookup, uint32_t number, GArray *hits)
{
	const struct rule *rule = ruleset_rule(lookup->set, number);
	struct rule_hit hit = { g_ptr_array_index(lookup->set->values, rule->value),
		lookup->set->path, rule->line };

	g_array_append_val(hits, hit);
}

static const uint32_t *
uses_of(const struct ruleset *set, uint32_t term, uint32_t *count)
{
	uint32_t begin = ruleset_term(set, term)->uses;

	*count = ruleset_term(set, term + 1)->uses - begin;
	return (const uint32_t *)(void *)set->uses->data + begin;
}

/* The first rule below `best` that hangs on this term and matches; else `best`. */
static uint32_t
first_use(struct lookup *lookup, const struct match *match, uint32_t best)
{
	uint32_t count;
	const uint32_t *rules = uses_of(lookup->set, match->term, &count);

	for (uint32_t i = 0; i < count && rules[i] < best; i++) {
		const struct rule *rule = ruleset_rule(lookup->set, rules[i]);
		unsigned sum = rule->both
				   ? rule_contributions(lookup, rules[i])
				   : contributions(lookup, (enum direction)rule->directions[0],
					 match->sender, match->recipients);
		if (sum > 0 || lookup->unsure)
			return rules[i];
	}
	return best;
}

/* The same among rules that have to be tried. */
static uint32_t
first_tried(struct lookup *lookup, const GArray *rules, uint32_t best)
{
	for (unsigned i = 0; i < rules->len; i++) {
		uint32_t rule = g_array_index(rules, uint32_t, i);
		if (rule >= best)
			return best;
		if (rule_contributions(lookup, rule) > 0 || lookup->unsure)
			return rule;
	}
	return best;
}

static enum rule_answer
match_first(struct lookup *lookup, GArray *hits)
{
	uint32_t best = NO_RULE;

	for (unsigned i = 0; i < lookup->match_count && !lookup->unsure; i++)
		best = first_use(lookup, &lookup->matches[i], best);
	if (!lookup->unsure)
		best = first_tried(lookup, lookup->set->tried, best);
	if (!lookup->unsure)
		best = first_tried(lookup, lookup->set->hosts, best);
	if (lookup->unsure)
		return doubt_rule(lookup, best);
	if (best == NO_RULE)
		return RULES_MISS;
	add_hit(lookup, best, hits);
	return RULES_HIT;
}

/* Every rule that may match, rising, each once. The caller's. */
static GArray *
candidates(const struct lookup *lookup)
{
	const struct ruleset *set = lookup->set;
	GArray *rules = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	unsigned kept = 0;

	for (unsigned i = 0; i < lookup->match_count; i++) {
		uint32_t count;
		const uint32_t *uses = uses_of(set, lookup->matches[i].term, &count);
		g_array_append_vals(rules, uses, count);
	}
	g_array_append_vals(rules, set->tried->data, set->tried->len);
	g_array_append_vals(rules, set->hosts->data, set->hosts->len);
	g_array_sort(rules, compare_terms);
	uint32_t *all = (uint32_t *)(void *)rules->data;
	for (unsigned i = 0; i < rules->len; i++) {
		if (kept == 0 || all[kept - 1] != all[i])
			all[kept++] = all[i];
	}
	g_array_set_size(rules, kept);
	return rules;
}

static enum rule_answer
match_all(struct lookup *lookup, GArray *hits)
{
	g_autoptr(GArray) rules = candidates(lookup);
	unsigned before = hits->len;
	enum rule_answer answer = RULES_MISS;

	for (unsigned i = 0; i < rules->len && answer != RULES_UNKNOWN; i++) {
		uint32_t rule = g_array_index(rules, uint32_t, i);
		const char *value =
		    g_ptr_array_index(lookup->set->values, ruleset_rule(lookup->set, rule)->value);
		unsigned sum = *value != '\0' ? rule_contributions(lookup, rule) : 0;
		if (lookup->unsure)
			answer = doubt_rule(lookup, rule);
		else if (sum > HITS_LIMIT - MIN(hits->len - before, HITS_LIMIT))
			answer = doubt(lookup, rule, "too many values for one message");
		for (unsigned j = 0; j < sum && answer != RULES_UNKNOWN; j++)
			add_hit(lookup, rule, hits);
	}
	if (answer == RULES_UNKNOWN)
		g_array_set_size(hits, before);
	else if (hits->len > before)
		answer = RULES_HIT;
	return answer;
}

enum rule_answer
ruleset_match(const struct ruleset *set, struct subject *subject, GArray *hits)
{
	struct lookup lookup;
	enum rule_answer answer;

	if (!lookup_init(&lookup, set, subject))
		answer = doubt_effort(&lookup);
	else
		answer = set->all ? match_all(&lookup, hits) : match_first(&lookup, hits);
	lookup_clear(&lookup);
	return answer;
}
