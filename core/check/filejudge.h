/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_CHECK_FILEJUDGE_H
#define CORE_CHECK_FILEJUDGE_H
/*
 * What the lists and rules of the configuration say of a file's name or type.
 */
#include "core/check/files.h"
#include "core/log/check_lines.h"
#include "rules/filerules.h"

/* Where a decision about files comes from: values of directives, for one message. */
struct file_policy {
	const char *allow, *deny; /* lists of expressions */
	const char *deny_directive;
	const char *rules; /* list of files */
	enum file_pass pass;
};

enum file_source { FILE_BY_NOTHING, FILE_BY_LIST, FILE_BY_RULE };

struct file_verdict {
	enum file_source source; /* FILE_BY_NOTHING: nobody says anything, it is allowed */
	enum file_action action;
	const struct file_rule *rule; /* of FILE_BY_RULE */
	const char *path;	      /* and the file that holds it */
	const char *name;	      /* the text that decided; borrowed from the caller */
};

/*
 * The allow list, the deny list, then the first rule that matches `text`; in FILE_PASS_MIME rules are those with a MIME
 * expression. An expression that reaches its limit counts as a match, unless it would allow.
 * False: some rules file can't be read, so nobody knows; the message was settled to stay in the queue.
 */
bool file_judge(const struct file *file, const struct file_policy *policy, const char *text,
    struct file_verdict *verdict) G_GNUC_WARN_UNUSED_RESULT;

/* Whether `verdict` is harder than `other`: blocking before redirecting before renaming before allowing. */
bool file_verdict_is_harder(const struct file_verdict *verdict, const struct file_verdict *other);

#endif
