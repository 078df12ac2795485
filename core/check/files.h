/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_CHECK_FILES_H
#define CORE_CHECK_FILES_H
/*
 * What the checks of file names and of file types share: which parts are files, which names each may have, and what the lists
 * and rules of the configuration say of a text.
 *
 * Files are MIME parts with content of their own and everything that was unpacked; containers are not. What only another reading
 * of the message shows is checked alike, but what is wrong with it is wrong with the message as a whole.
 */
#include "core/log/check_lines.h"
#include "core/message/message.h"
#include "rules/filerules.h"
#include "rules/regex.h"

struct file {
	struct message *message;
	const struct part *part;
	unsigned number;   /* in facts */
	int reported;	   /* what findings are about: the number, or FINDING_WHOLE */
	bool archived;	   /* the "Archives:" directives are for it */
	const char *shown; /* its name for people; never "" */
};

/*
 * The n-th part, if it is a file. False for containers, and for the name of a member that could not be taken out of an archive
 * where `Check Filenames In Password-Protected Archives` is no.
 */
bool file_of(struct message *message, unsigned n, struct file *file);
/* A name for people for any part; never "". Borrowed from the message. */
const char *file_shown(struct message *message, unsigned n);
/* FINDING_WHOLE for parts of another reading than the usual. */
int file_reported(const struct message *message, unsigned n);

/*
 * Every name that rules are to see, of char *; the caller's, never empty. Characters outside ASCII are one '#' each, as rules of MailScanner
 * expect. Windows ignores dots and blanks at the end, so names are there without them too. A part without a name has one as it
 * would get when saved: "msg-1-2.txt".
 */
GPtrArray *file_names(const struct file *file);

/* The part has a name or is meant as an attachment, or was unpacked from one: no text to be read in the message. */
bool file_is_attached(const struct part *part);

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

/* Turns it into a finding and a log line; how many problems it is (0 or 1). `kind` is FINDING_name or FINDING_type. */
unsigned file_act(const struct file *file, const struct file_policy *policy, enum finding_kind kind,
    const struct file_verdict *verdict, bool log_permitted);

#endif
