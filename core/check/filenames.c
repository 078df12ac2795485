/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rules are those of files.c; what is asked of them here is every name that a file may have.
 */
#include "core/check/filenames.h"

#include "core/check/fileact.h"
#include "core/check/gate.h"
#include "rules/directives.h"

static struct file_policy
policy_of(const struct file *file)
{
	struct subject *subject = file->message->subject;

	if (file->archived)
		return (struct file_policy){ archives_allow_filenames_for(subject),
			archives_deny_filenames_for(subject), "Archives: Deny Filenames",
			archives_filename_rules_for(subject), FILE_PASS_NAME };
	return (struct file_policy){ allow_filenames_for(subject), deny_filenames_for(subject),
		"Deny Filenames", filename_rules_for(subject), FILE_PASS_NAME };
}

/* The hardest verdict on any of the names; false: can't tell. */
static bool
judge(const struct file *file, const struct file_policy *policy, const GPtrArray *names,
    struct file_verdict *hardest)
{
	for (unsigned i = 0; i < names->len; i++) {
		struct file_verdict verdict;

		if (!file_judge(file, policy, g_ptr_array_index(names, i), &verdict))
			return false;
		if (i == 0 || file_verdict_is_harder(&verdict, hardest))
			*hardest = verdict;
	}
	return true;
}

static unsigned
check(const struct file *file)
{
	struct file_policy policy = policy_of(file);
	g_autoptr(GPtrArray) names = file_names(file);
	struct file_verdict verdict;

	if (!judge(file, &policy, names, &verdict))
		return 0;
	return file_act(file, &policy, FINDING_name, &verdict,
	    log_permitted_filenames_for(file->message->subject));
}

unsigned
check_filenames(struct message *message)
{
	unsigned problems = 0;
	struct file file;

	if (!gate_dangerous(message))
		return 0;
	for (unsigned n = 0; n < message->facts->parts->len && message_is_open(message); n++) {
		if (file_of(message, n, &file))
			problems += check(&file);
	}
	return problems;
}

bool
filename_is_allowed(const struct file *file)
{
	struct file_policy policy = policy_of(file);
	g_autoptr(GPtrArray) names = file_names(file);
	struct file_verdict verdict;

	return judge(file, &policy, names, &verdict) && verdict.action == FILE_ALLOW &&
	       verdict.source != FILE_BY_NOTHING;
}
