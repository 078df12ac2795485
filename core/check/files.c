/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A sender who gives a file two names wants one of them to be seen by us and the other by the recipient. So each name gets a
 * verdict of its own, and the hardest counts; were any match of any name enough, an early rule that allows the harmless
 * name would cover the other.
 */
#include "core/check/files.h"

#include <string.h>

#include "core/check/rulelist.h"
#include "core/log/log.h"
#include "rules/directives.h"
#include "rules/language.h"

int
file_reported(const struct message *message, unsigned n)
{
	return facts_part(message->facts, n)->reading == 0 ? (int)n : FINDING_WHOLE;
}

const char *
file_shown(struct message *message, unsigned n)
{
	const struct part *part = facts_part(message->facts, n);

	return part->name[0] != '\0' ? part->name : language_text(message->subject, "NotNamed");
}

/* `Archives Are` holds words of which only the first letter counts. */
static bool
is_archived(struct message *message, const struct part *part)
{
	const char *text = archives_are_for(message->subject);
	bool begins = true;

	for (; *text != '\0'; text++) {
		if (begins && g_ascii_tolower(*text) == part->letter)
			return true;
		begins = *text == ' ';
	}
	return false;
}

bool
file_of(struct message *message, unsigned n, struct file *file)
{
	const struct part *part = facts_part(message->facts, n);

	if (part->kind != PART_LEAF && part->kind != PART_MEMBER)
		return false;
	if (part_has(part, PART_FACT_empty_placeholder) &&
	    !check_filenames_in_password_protected_archives_for(message->subject))
		return false;
	*file = (struct file){ message, part, n, file_reported(message, n),
		is_archived(message, part), file_shown(message, n) };
	return true;
}

bool
file_is_attached(const struct part *part)
{
	return part->kind == PART_MEMBER || part->name[0] != '\0' || part->names->len > 0 ||
	       strcmp(part->disposition, "attachment") == 0;
}

static const struct {
	const char *type, *extension;
} extensions[] = {
	{ "text/html", "html" },
	{ "text/", "txt" },
	{ "application/octet-stream", "bin" },
	{ "application/pdf", "pdf" },
	{ "application/zip", "zip" },
	{ "image/jpeg", "jpg" },
	{ "image/gif", "gif" },
	{ "image/png", "png" },
	{ "message/", "msg" },
	{ "", "dat" },
};

static char *
generated_name(const struct file *file)
{
	size_t i = 0;

	while (!g_str_has_prefix(file->part->type, extensions[i].type))
		i++;
	return g_strdup_printf("msg-1-%u.%s", file->number, extensions[i].extension);
}

/* Nobody's file name, but the way in which a header writes one. */
static bool
is_encoded_word(const char *name)
{
	return strstr(name, "=?") != NULL && g_str_has_suffix(name, "?=");
}

static char *
in_ascii(const char *name)
{
	GString *text = g_string_new(NULL);

	for (const char *c = name; *c != '\0'; c = g_utf8_next_char(c))
		g_string_append_c(text, (guchar)*c < 0x80 ? *c : '#');
	return g_string_free(text, FALSE);
}

static void
add_once(GPtrArray *names, char *name)
{
	if (name[0] == '\0' || g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
		g_free(name);
	else
		g_ptr_array_add(names, name);
}

static void
add_name(GPtrArray *names, const char *name)
{
	char *ascii = in_ascii(name);
	size_t length = strlen(ascii);

	while (length > 0 && (ascii[length - 1] == '.' || g_ascii_isspace(ascii[length - 1])))
		length--;
	add_once(names, g_strndup(ascii, length));
	add_once(names, ascii);
}

GPtrArray *
file_names(const struct file *file)
{
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
	const GPtrArray *all = file->part->names;

	add_name(names, file->part->name);
	for (unsigned i = 0; i < all->len; i++) {
		const char *name = g_ptr_array_index(all, i);

		if (!is_encoded_word(name))
			add_name(names, name);
	}
	for (unsigned i = 0; i < all->len && names->len == 0; i++)
		add_name(names, g_ptr_array_index(all, i));
	if (names->len == 0)
		g_ptr_array_add(names, generated_name(file));
	return names;
}

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

/* "FILE:LINE" or the directive. The caller's. */
static char *
verdict_rule(const struct file_policy *policy, const struct file_verdict *verdict)
{
	if (verdict->rule != NULL)
		return g_strdup_printf("%s:%u", verdict->path, verdict->rule->line);
	return g_strdup(policy->deny_directive);
}

static unsigned
act_deny(const struct file *file, const struct file_policy *policy, enum finding_kind kind,
    const struct file_verdict *verdict)
{
	struct message *message = file->message;
	const char *key =
	    policy->pass == FILE_PASS_NAME ? "FoundBlockedFilename" : "FoundBlockedFiletype";
	const char *words = language_text(message->subject, key);
	const struct file_rule *rule = verdict->rule;
	const char *report = rule != NULL && rule->report[0] != '\0' ? rule->report : words;
	const char *log = rule != NULL && rule->log[0] != '\0' ? rule->log : report;
	g_autofree char *text = g_strdup_printf("%s (%s)", report, file->shown);
	g_autofree char *by = verdict_rule(policy, verdict);

	lines_file_stopped(policy->pass, message_id(message), file->shown, log);
	struct finding *finding = message_find_part(message, kind, file->reported,
	    policy->pass == FILE_PASS_NAME ? "filename" : "filetype", rule == NULL ? key : "", by,
	    text);
	if (verdict->action == FILE_DENY_DELETE)
		finding->flags |= FINDING_DELETE;
	if (rule == NULL)
		finding->flags |= FINDING_LISTED;
	return 1;
}

/* Any case; as often as it stands there. */
static char *
by_pattern(const char *pattern, const char *name)
{
	static const char mark[] = "__FILENAME__";
	GString *text = g_string_new(NULL);
	bool marked = false;

	while (*pattern != '\0') {
		if (g_ascii_strncasecmp(pattern, mark, strlen(mark)) == 0) {
			g_string_append(text, name);
			pattern += strlen(mark);
			marked = true;
		} else {
			g_string_append_c(text, *pattern++);
		}
	}
	if (!marked)
		g_string_prepend(text, name);
	return g_string_free(text, FALSE);
}

/* What the name becomes; the caller's. Where the expression matched another of its names only, that one is changed. */
static char *
new_name(
    const struct file *file, const struct file_policy *policy, const struct file_verdict *verdict)
{
	const struct file_rule *rule = verdict->rule;
	char *name = NULL;

	if (rule->action == FILE_RENAME_TO && policy->pass == FILE_PASS_NAME && rule->expression) {
		struct regex_scratch *scratch = regex_scratch_new();

		name = regex_replace(rule->expression, scratch, file->part->name, rule->text);
		if (name == NULL)
			name = regex_replace(rule->expression, scratch, verdict->name, rule->text);
		regex_scratch_free(scratch);
	}
	if (name == NULL)
		name = by_pattern(
		    default_rename_pattern_for(file->message->subject), file->part->name);
	return name;
}

/* Only what had a name in a header gets another. */
static void
act_rename(
    const struct file *file, const struct file_policy *policy, const struct file_verdict *verdict)
{
	struct message *message = file->message;

	/* The texts of a message have no name that could be changed. */
	if (file->part->kind == PART_LEAF && file->part->name[0] == '\0')
		return;
	g_autofree char *by = verdict_rule(policy, verdict);
	if (file->part->kind != PART_LEAF || file->reported == FINDING_WHOLE) {
		g_autofree char *text = g_strdup_printf(
		    "%s is to be renamed, which can't be done where it is", file->shown);

		log_message(LOG_NOTICE, message_id(message), "Message %s: %s (%s)",
		    message_id(message), text, by);
		message_find_part(message, FINDING_note, file->reported, "filename", "", by, text);
		return;
	}
	g_autofree char *name = new_name(file, policy, verdict);
	if (verdict->rule->log[0] != '\0')
		lines_file_stopped(
		    policy->pass, message_id(message), file->shown, verdict->rule->log);
	lines_file_renamed(policy->pass, message_id(message), file->shown, name);
	message_find_part(message, FINDING_rename, file->reported,
	    policy->pass == FILE_PASS_NAME ? "filename" : "filetype", "", by, name);
}

static void
act_redirect(
    const struct file *file, const struct file_policy *policy, const struct file_verdict *verdict)
{
	struct message *message = file->message;
	g_autofree char *joined = g_strjoinv(" ", verdict->rule->addresses);
	g_autofree char *addresses = g_ascii_strdown(joined, -1);
	g_autofree char *by = verdict_rule(policy, verdict);

	lines_file_forwarded(policy->pass, message_id(message), file->shown, addresses);
	message_find_part(message, FINDING_redirect, file->reported,
	    policy->pass == FILE_PASS_NAME ? "filename" : "filetype", "", by, addresses);
}

unsigned
file_act(const struct file *file, const struct file_policy *policy, enum finding_kind kind,
    const struct file_verdict *verdict, bool log_permitted)
{
	const char *id = message_id(file->message);

	switch (verdict->action) {
	case FILE_ALLOW:
		if (log_permitted && verdict->source == FILE_BY_NOTHING)
			lines_file_unmatched(policy->pass, id, file->shown);
		else if (log_permitted)
			lines_file_allowed(policy->pass, id, file->shown);
		return 0;
	case FILE_DENY:
	case FILE_DENY_DELETE:
		return act_deny(file, policy, kind, verdict);
	case FILE_RENAME:
	case FILE_RENAME_TO:
		act_rename(file, policy, verdict);
		return 0;
	case FILE_SEND_TO:
		act_redirect(file, policy, verdict);
		return 0;
	}
	return 0;
}
