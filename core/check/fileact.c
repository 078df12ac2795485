/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A finding says what was found and by which rule; whether the file goes, and where to, is decided when all findings are known.
 */
#include "core/check/fileact.h"

#include <string.h>

#include "core/log/log.h"
#include "rules/directives.h"
#include "rules/language.h"
#include "rules/regex.h"

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
