/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_FILERULES_H
#define RULES_FILERULES_H
/*
 * filename.rules.conf and filetype.rules.conf: what is done with an attachment by its name or by
 * its type. One line is one rule, the first that matches decides:
 *
 *   ACTION <tab> EXPRESSION <tab> [MIME-EXPRESSION <tab>] LOG-TEXT <tab> TEXT-FOR-PEOPLE
 *
 * "-" stands for nothing.
 *
 * Ours: EXPRESSION may begin with "fact:" and words joined by "+", a blank and an expression behind them or none. Such a rule
 * counts only for files of which all these facts are true ("fact:attached+script HTML|SVG"); which facts there are is up to
 * whoever asks.
 */
#include <glib.h>
#include <stdbool.h>
#include "rules/diagnostic.h"
#include "rules/regex.h"

enum file_action {
	FILE_ALLOW,
	FILE_DENY,
	FILE_DENY_DELETE, /* and don't quarantine */
	FILE_RENAME,	  /* by the pattern of the configuration */
	FILE_RENAME_TO,	  /* what the expression matched becomes `text` */
	FILE_SEND_TO,	  /* the message goes to `addresses` instead */
};

struct file_rule {
	enum file_action action;
	char *text;		  /* of FILE_RENAME_TO, with $1 ..., else NULL */
	char **addresses;	  /* of FILE_SEND_TO, else NULL */
	struct regex *expression; /* NULL: the rule is not about names or descriptions */
	char **facts;		  /* that must all be true, else NULL */
	struct regex *mime;	  /* NULL: the rule is not about MIME types */
	char *log;		  /* "" for none */
	char *report;		  /* "" for none */
	unsigned line;
};

struct filerules;

/* How expressions are compiled, here and in the Allow and Deny lists of the configuration. */
#define FILE_EXPRESSION (REGEX_DOT_ALL | REGEX_STAR | REGEX_COMPILED)

/*
 * NULL only when the file can't be read (a diagnostic says so); bad lines are reported and left out. `is_fact` tells the facts that
 * there are; words that are none are reported, and their rules are for no file. NULL: any word may be one.
 */
struct filerules *filerules_load(
    const char *path, bool (*is_fact)(const char *word), struct diagnostics *diagnostics);
void filerules_free(struct filerules *rules);

const char *filerules_path(const struct filerules *rules);
/* Of struct file_rule, in the order of the file. Borrowed. */
const GPtrArray *filerules_list(const struct filerules *rules);

/*
 * The first rule whose expression matches `name`; NULL for none. When an expression ran into its
 * limit, that rule is returned and `*certain` is false: nobody knows whether it matches. Rules that ask for facts are passed
 * over.
 */
const struct file_rule *filerules_match(
    const struct filerules *rules, const char *name, bool *certain);

#endif
