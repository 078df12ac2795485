/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A sender who gives a file two names wants one of them to be seen by us and the other by the recipient. So each name gets a
 * verdict of its own, and the hardest counts; were any match of any name enough, an early rule that allows the harmless
 * name would cover the other.
 */
#include "core/check/filejudge.h"

#include <string.h>

#include "core/check/rulelist.h"
#include "rules/regex.h"

static bool
facts_hold(const struct part *part, const struct listed_rule *listed)
{
	return !listed->never && (part->facts & listed->facts) == listed->facts &&
	       (!listed->attached || file_is_attached(part));
}

/* What the rule says of the text; facts without an expression are enough. */
static enum regex_answer
match_rule(const struct file *file, enum file_pass pass, const struct listed_rule *listed,
    struct regex_scratch *scratch, const char *text)
{
	const struct file_rule *rule = listed->rule;
	const struct regex *regex = pass == FILE_PASS_MIME ? rule->mime : rule->expression;

	if (pass == FILE_PASS_MIME ? regex == NULL : regex == NULL && rule->facts == NULL)
		return REGEX_MISS;
	if (!facts_hold(file->part, listed))
		return REGEX_MISS;
	return regex != NULL ? regex_match(regex, scratch, text, strlen(text)) : REGEX_HIT;
}

static bool
judge_by_rules(const struct file *file, enum file_pass pass, const struct rule_list *list,
    struct regex_scratch *scratch, const char *text, struct file_verdict *verdict)
{
	for (unsigned i = 0; i < list->rules->len; i++) {
		const struct listed_rule *listed =
		    &g_array_index(list->rules, struct listed_rule, i);
		enum regex_answer answer = match_rule(file, pass, listed, scratch, text);
		enum file_action action = listed->rule->action;

		if (answer == REGEX_MISS || (answer == REGEX_OVERRUN && action == FILE_ALLOW))
			continue;
		/* Who makes a rule fail is not to profit by it. */
		if (answer == REGEX_OVERRUN && action != FILE_DENY_DELETE)
			action = FILE_DENY;
		*verdict =
		    (struct file_verdict){ FILE_BY_RULE, action, listed->rule, listed->path, text };
		return true;
	}
	return false;
}

static bool
judge_by_lists(const struct file_policy *policy, struct regex_scratch *scratch, const char *text,
    struct file_verdict *verdict)
{
	if (rule_list_words_match(policy->allow, scratch, text) == REGEX_HIT)
		*verdict = (struct file_verdict){ FILE_BY_LIST, FILE_ALLOW, NULL, NULL, text };
	else if (rule_list_words_match(policy->deny, scratch, text) != REGEX_MISS)
		*verdict =
		    (struct file_verdict){ FILE_BY_LIST, FILE_DENY_DELETE, NULL, NULL, text };
	else
		return false;
	return true;
}

bool
file_judge(const struct file *file, const struct file_policy *policy, const char *text,
    struct file_verdict *verdict)
{
	const struct rule_list *list = rule_list_of(policy->rules);

	*verdict = (struct file_verdict){ FILE_BY_NOTHING, FILE_ALLOW, NULL, NULL, text };
	if (list->missing != NULL) {
		message_settle(file->message, FATE_LEAVE, "file rules",
		    "the file rules in %s can't be read", list->missing);
		return false;
	}
	struct regex_scratch *scratch = regex_scratch_new();
	if (!judge_by_lists(policy, scratch, text, verdict))
		judge_by_rules(file, policy->pass, list, scratch, text, verdict);
	regex_scratch_free(scratch);
	return true;
}

static int
hardness(const struct file_verdict *verdict)
{
	switch (verdict->action) {
	case FILE_ALLOW:
		/* What nobody allowed is not allowed as firmly: it doesn't exempt from other checks. */
		return verdict->source == FILE_BY_NOTHING ? 1 : 0;
	case FILE_RENAME:
	case FILE_RENAME_TO:
		return 2;
	case FILE_SEND_TO:
		return 3;
	case FILE_DENY:
	case FILE_DENY_DELETE:
		return 4;
	}
	return 4;
}

bool
file_verdict_is_harder(const struct file_verdict *verdict, const struct file_verdict *other)
{
	return hardness(verdict) > hardness(other);
}
