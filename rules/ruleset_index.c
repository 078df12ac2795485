/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which rules hang on which terms. A rule with "and" hangs on one of its halves only, the one whose
 * terms are rarer in the file ("From: default and To: x@y" on x@y), and the other half is
 * looked at when that one fits; so no message pays for all the rules that share a common half.
 */
#include "rules/ruleset_private.h"

const uint32_t *
ruleset_half(const struct ruleset *set, uint32_t rule, int half, uint32_t *count)
{
	const uint32_t *halves = ruleset_rule(set, rule)->halves;
	uint32_t begin = halves[half];
	uint32_t end = half == 0 ? halves[1] : ruleset_rule(set, rule + 1)->halves[0];

	*count = end - begin;
	return (const uint32_t *)(void *)set->parts->data + begin;
}

static bool
half_asks_host(const struct ruleset *set, uint32_t rule, int half)
{
	uint32_t count;
	const uint32_t *terms = ruleset_half(set, rule, half, &count);

	for (uint32_t i = 0; i < count; i++) {
		const struct term *term = ruleset_term(set, terms[i]);
		if (!term->tried)
			return false;
		if (pattern_asks_host((enum pattern_kind)term->kind))
			return true;
	}
	return false;
}

/* Tried terms come first in a half. */
static bool
half_is_tried(const struct ruleset *set, uint32_t rule, int half)
{
	uint32_t count;
	const uint32_t *terms = ruleset_half(set, rule, half, &count);

	return count > 0 && ruleset_term(set, terms[0])->tried;
}

/* How many rules one comes to through this half, all its terms together. */
static uint64_t
half_weight(const struct ruleset *set, uint32_t rule, int half, const uint32_t *occurrences)
{
	uint32_t count;
	const uint32_t *terms = ruleset_half(set, rule, half, &count);
	uint64_t weight = 0;

	if (half_is_tried(set, rule, half))
		return UINT64_MAX;
	for (uint32_t i = 0; i < count; i++)
		weight += occurrences[terms[i]];
	return weight;
}

static int
choose_half(const struct ruleset *set, uint32_t rule, const uint32_t *occurrences)
{
	return ruleset_rule(set, rule)->both &&
	       half_weight(set, rule, 1, occurrences) < half_weight(set, rule, 0, occurrences);
}

/* Sends each rule to where look-ups find it; gives the half that it hangs on, -1 for none. */
static int
place_rule(struct ruleset *set, uint32_t number, const uint32_t *occurrences)
{
	struct rule *rule = &g_array_index(set->rules, struct rule, number);
	int half = choose_half(set, number, occurrences);

	rule->hosts = (uint8_t)(half_asks_host(set, number, 0) |
				(rule->both && half_asks_host(set, number, 1)) << 1);
	if (rule->hosts != 0) {
		g_array_append_val(set->hosts, number);
		return -1;
	}
	if (half_is_tried(set, number, half)) {
		g_array_append_val(set->tried, number);
		return -1;
	}
	return half;
}

/* The terms that lead to a rule. */
static const uint32_t *
leading_terms(const struct ruleset *set, const int8_t *chosen, uint32_t rule, uint32_t *count)
{
	*count = 0;
	return chosen[rule] < 0 ? NULL : ruleset_half(set, rule, chosen[rule], count);
}

/* Afterwards each term knows where its rules begin. */
static void
count_uses(struct ruleset *set, const int8_t *chosen)
{
	for (uint32_t rule = 0; rule < set->count; rule++) {
		uint32_t count;
		const uint32_t *terms = leading_terms(set, chosen, rule, &count);
		for (uint32_t i = 0; i < count; i++)
			g_array_index(set->terms, struct term, terms[i] + 1).uses++;
	}
	for (uint32_t i = 1; i < set->terms->len; i++)
		g_array_index(set->terms, struct term, i).uses += ruleset_term(set, i - 1)->uses;
}

static void
fill_uses(struct ruleset *set, const int8_t *chosen, uint32_t *next)
{
	g_array_set_size(set->uses, ruleset_term(set, set->terms->len - 1)->uses);
	for (uint32_t i = 0; i < set->terms->len; i++)
		next[i] = ruleset_term(set, i)->uses;
	for (uint32_t rule = 0; rule < set->count; rule++) {
		uint32_t count;
		const uint32_t *terms = leading_terms(set, chosen, rule, &count);
		for (uint32_t i = 0; i < count; i++)
			g_array_index(set->uses, uint32_t, next[terms[i]]++) = rule;
	}
}

void
ruleset_index(struct ruleset *set)
{
	struct term end = { 0 };
	struct rule last = { .halves = { set->parts->len, set->parts->len } };
	g_autofree uint32_t *numbers = g_new0(uint32_t, set->terms->len + 1);
	g_autofree int8_t *chosen = g_new0(int8_t, set->rules->len + 1);

	set->count = set->rules->len;
	g_array_append_val(set->terms, end);
	g_array_append_val(set->rules, last);
	for (uint32_t i = 0; i < set->parts->len; i++)
		numbers[g_array_index(set->parts, uint32_t, i)]++;
	for (uint32_t rule = 0; rule < set->count; rule++)
		chosen[rule] = (int8_t)place_rule(set, rule, numbers);
	count_uses(set, chosen);
	fill_uses(set, chosen, numbers);
}
