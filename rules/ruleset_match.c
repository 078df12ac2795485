/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In first mode the lowest rule wins: the rules that hang on terms which fit are walked first, then
 * what has to be tried (expressions, stars in odd places, reports), then what needs the client's
 * name, each only as far as it stands before the best rule so far. In all mode every rule that may
 * match is asked, in file order.
 */
#include "rules/ruleset_lookup.h"

#include <stdlib.h>

#define NO_RULE UINT32_MAX
/* Values that one look-up may gather in all mode. */
#define HITS_LIMIT 1000000

static enum rule_answer
doubt(struct ruleset_lookup *lookup, uint32_t rule, const char *question)
{
	g_autofree char *text = g_strdup_printf(
	    "%s:%u: %s", lookup->set->path, ruleset_rule(lookup->set, rule)->line, question);

	subject_set_doubt(lookup->subject, text);
	return RULES_UNKNOWN;
}

static enum rule_answer
doubt_effort(struct ruleset_lookup *lookup)
{
	g_autofree char *text = g_strdup_printf(
	    "%s: more than %d comparisons for one message", lookup->set->path, LOOKUP_BUDGET);

	subject_set_doubt(lookup->subject, text);
	return RULES_UNKNOWN;
}

static enum rule_answer
doubt_rule(struct ruleset_lookup *lookup, uint32_t rule)
{
	if (lookup->budget == 0)
		return doubt_effort(lookup);
	g_autofree char *question = g_strdup_printf(
	    "the name of the client %s could not be found out", subject_ip_text(lookup->subject));
	return doubt(lookup, rule, question);
}

static void
add_hit(const struct ruleset_lookup *lookup, uint32_t number, GArray *hits)
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
	/* Without any there is no array either. */
	return *count > 0 ? (const uint32_t *)(void *)set->uses->data + begin : NULL;
}

/* The first rule below `best` that hangs on this term and matches; else `best`. */
static uint32_t
first_use(struct ruleset_lookup *lookup, const struct match *match, uint32_t best)
{
	uint32_t count;
	const uint32_t *rules = uses_of(lookup->set, match->term, &count);

	for (uint32_t i = 0; i < count && rules[i] < best; i++) {
		const struct rule *rule = ruleset_rule(lookup->set, rules[i]);
		unsigned sum = rule->both ? ruleset_lookup_rule(lookup, rules[i])
					  : ruleset_lookup_contributions(lookup,
						(enum direction)rule->directions[0], match->sender,
						match->recipients);
		if (sum > 0 || lookup->unsure)
			return rules[i];
	}
	return best;
}

/* The same among rules that have to be tried. */
static uint32_t
first_tried(struct ruleset_lookup *lookup, const GArray *rules, uint32_t best)
{
	for (unsigned i = 0; i < rules->len; i++) {
		uint32_t rule = g_array_index(rules, uint32_t, i);
		if (rule >= best)
			return best;
		if (ruleset_lookup_rule(lookup, rule) > 0 || lookup->unsure)
			return rule;
	}
	return best;
}

static enum rule_answer
match_first(struct ruleset_lookup *lookup, GArray *hits)
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

static int
compare_rules(const void *left, const void *right)
{
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;

	return (a > b) - (a < b);
}

/* Every rule that may match, rising, each once. The caller's. */
static GArray *
candidates(const struct ruleset_lookup *lookup)
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
	g_array_sort(rules, compare_rules);
	uint32_t *all = (uint32_t *)(void *)rules->data;
	for (unsigned i = 0; i < rules->len; i++) {
		if (kept == 0 || all[kept - 1] != all[i])
			all[kept++] = all[i];
	}
	g_array_set_size(rules, kept);
	return rules;
}

static enum rule_answer
match_all(struct ruleset_lookup *lookup, GArray *hits)
{
	g_autoptr(GArray) rules = candidates(lookup);
	unsigned before = hits->len;
	enum rule_answer answer = RULES_MISS;

	for (unsigned i = 0; i < rules->len && answer != RULES_UNKNOWN; i++) {
		uint32_t rule = g_array_index(rules, uint32_t, i);
		const char *value =
		    g_ptr_array_index(lookup->set->values, ruleset_rule(lookup->set, rule)->value);
		unsigned sum = *value != '\0' ? ruleset_lookup_rule(lookup, rule) : 0;
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
	struct ruleset_lookup lookup;
	enum rule_answer answer;

	if (!ruleset_lookup_init(&lookup, set, subject))
		answer = doubt_effort(&lookup);
	else
		answer = set->all ? match_all(&lookup, hits) : match_first(&lookup, hits);
	ruleset_lookup_clear(&lookup);
	return answer;
}
