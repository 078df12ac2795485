/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A file has a description and a MIME type, and rules for each. Both are judged before either is acted upon, because a MIME
 * type that a list allows takes back what was said about the description.
 */
#include "core/check/filetypes.h"

#include <string.h>

#include "core/check/fileact.h"
#include "core/check/filenames.h"
#include "core/check/gate.h"
#include "core/check/rulelist.h"
#include "core/log/log.h"
#include "rules/directives.h"
#include "rules/language.h"

static const char *const dat_suffix = ".dat";

static bool
is_set(const char *a, const char *b, const char *c, const char *d)
{
	return a[0] != '\0' || b[0] != '\0' || c[0] != '\0' || d[0] != '\0';
}

static bool
rules_set(struct subject *subject)
{
	return is_set(filetype_rules_for(subject), archives_filetype_rules_for(subject), "", "");
}

static bool
types_wanted(struct subject *subject)
{
	return rules_set(subject) ||
	       is_set(allow_filetypes_for(subject), deny_filetypes_for(subject),
		   archives_allow_filetypes_for(subject), archives_deny_filetypes_for(subject));
}

static bool
has_mime_rule(const char *files)
{
	const struct rule_list *list = rule_list_of(files);

	for (unsigned i = 0; i < list->rules->len; i++) {
		if (g_array_index(list->rules, struct listed_rule, i).rule->mime != NULL)
			return true;
	}
	return false;
}

static bool
mime_types_wanted(struct subject *subject)
{
	return is_set(allow_file_mime_types_for(subject), deny_file_mime_types_for(subject),
		   archives_allow_file_mime_types_for(subject),
		   archives_deny_file_mime_types_for(subject)) ||
	       has_mime_rule(filetype_rules_for(subject)) ||
	       has_mime_rule(archives_filetype_rules_for(subject));
}

static struct file_policy
type_policy(const struct file *file)
{
	struct subject *subject = file->message->subject;

	if (file->archived)
		return (struct file_policy){ archives_allow_filetypes_for(subject),
			archives_deny_filetypes_for(subject), "Archives: Deny Filetypes",
			archives_filetype_rules_for(subject), FILE_PASS_TYPE };
	return (struct file_policy){ allow_filetypes_for(subject), deny_filetypes_for(subject),
		"Deny Filetypes", filetype_rules_for(subject), FILE_PASS_TYPE };
}

static struct file_policy
mime_policy(const struct file *file)
{
	struct subject *subject = file->message->subject;

	if (file->archived)
		return (struct file_policy){ archives_allow_file_mime_types_for(subject),
			archives_deny_file_mime_types_for(subject),
			"Archives: Deny File MIME Types", archives_filetype_rules_for(subject),
			FILE_PASS_MIME };
	return (struct file_policy){ allow_file_mime_types_for(subject),
		deny_file_mime_types_for(subject), "Deny File MIME Types",
		filetype_rules_for(subject), FILE_PASS_MIME };
}

/* What is known of a file, or what is known of all that hold nothing; NULL: not known. */
static const char *
known(const struct part *part, const char *text, const char *empty)
{
	if (text != NULL)
		return text;
	return part->size == 0 || part_has(part, PART_FACT_empty_placeholder) ? empty : NULL;
}

/* Rules want to see a type that nobody could tell, so it can't count as allowed. */
static unsigned
find_unknown(const struct file *file)
{
	struct message *message = file->message;
	g_autofree char *text =
	    g_strdup_printf("%s (%s)", language_text(message->subject, "CantAnalyze"), file->shown);

	log_message(LOG_WARNING, message_id(message), "The type of %s in %s could not be found out",
	    file->shown, message_id(message));
	message_find_part(
	    message, FINDING_error, file->reported, "filetype", "CantAnalyze", "", text);
	return 1;
}

/* The MIME type's renaming is nobody's: rules rename by name and description. */
static bool
is_for_mime(const struct file_verdict *verdict)
{
	return verdict->action != FILE_RENAME && verdict->action != FILE_RENAME_TO;
}

/* Both judged, then acted upon. A text that is NULL is one that nobody asks for. */
static unsigned
check_both(const struct file *file, const char *description, const char *mime)
{
	struct file_policy by_type = type_policy(file), by_mime = mime_policy(file);
	struct file_verdict type = { 0 }, mime_type = { 0 };
	struct subject *subject = file->message->subject;
	unsigned problems = 0;

	if (description != NULL && !file_judge(file, &by_type, description, &type))
		return 0;
	if (mime != NULL && !file_judge(file, &by_mime, mime, &mime_type))
		return 0;
	bool taken_back = mime_type.source == FILE_BY_LIST && mime_type.action == FILE_ALLOW;
	if (description != NULL && !taken_back)
		problems = file_act(
		    file, &by_type, FINDING_type, &type, log_permitted_filetypes_for(subject));
	if (mime != NULL && problems == 0 && is_for_mime(&mime_type))
		problems = file_act(file, &by_mime, FINDING_type, &mime_type,
		    log_permitted_file_mime_types_for(subject));
	return problems;
}

static bool
is_exempt(const struct file *file)
{
	struct message *message = file->message;

	if (file->archived && archives_ignore_dat_file_executable_for(message->subject) &&
	    g_str_has_suffix(file->part->name, dat_suffix)) {
		lines_file_dat_skipped();
		return true;
	}
	if (!override_filetypes_for(message->subject) || !filename_is_allowed(file))
		return false;
	log_message(LOG_DEBUG, message_id(message),
	    "Debug: Filetype Checks: Overriding checks for %s %s", message_id(message),
	    file->shown);
	return true;
}

static unsigned
check(const struct file *file, bool by_type, bool by_mime)
{
	const struct part *part = file->part;
	const char *description = by_type ? known(part, part->description, "empty") : NULL;
	const char *mime = by_mime ? known(part, part->mime, "inode/x-empty") : NULL;

	if (is_exempt(file))
		return 0;
	if ((by_type && description == NULL) || (by_mime && mime == NULL))
		return file->message->facts->limits != 0 ? 0 : find_unknown(file);
	g_autofree char *first = by_type ? g_strndup(description, strcspn(description, ",")) : NULL;
	g_autofree char *type = by_mime ? g_strndup(mime, strcspn(mime, ";")) : NULL;
	return check_both(file, first, type);
}

unsigned
check_filetypes(struct message *message)
{
	unsigned problems = 0;
	struct file file;

	/* The reader tells no types where there is no `File Command`. */
	if (!gate_dangerous(message) || file_command_for(NULL)[0] == '\0')
		return 0;
	bool by_type = types_wanted(message->subject);
	bool by_mime = mime_types_wanted(message->subject);
	if (!by_type && !by_mime)
		return 0;
	for (unsigned n = 0; n < message->facts->parts->len && message_is_open(message); n++) {
		if (file_of(message, n, &file))
			problems += check(&file, by_type, by_mime);
	}
	return problems;
}
