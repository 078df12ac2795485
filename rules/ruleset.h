/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_RULESET_H
#define RULES_RULESET_H
/*
 * A ruleset: a file that gives a directive different values for different subjects. Compiled once,
 * immutable after.
 */
#include <glib.h>
#include <stdbool.h>
#include "rules/diagnostic.h"
#include "rules/subject.h"

struct ruleset;

/* What a ruleset needs to know of the directive that it is for, and of the configuration. */
struct ruleset_use {
	const char *directive; /* external name, for diagnostics */
	bool all; /* match mode: every rule contributes (and for "simple" directives), else the
		     first that matches decides */
	bool wildcard_recipients; /* Use Default Rules With Multiple Recipients */
	/*
	 * Turns a rule's value text into the value that is kept: macros, environment, words,
	 * numbers ... as in the main file. Returns NULL with `error` set when the directive can't
	 * have that value. The result is the caller's. Asked once for each distinct text. NULL: the
	 * text is the value.
	 */
	char *(*convert)(const char *text, bool is_default, void *data, GError **error);
	void *data;
};

/* One rule that matched. Borrowed from the ruleset. */
struct rule_hit {
	const char *value; /* as convert() gave it */
	const char *file; /* where the rule stands; list files count for the rule that names them */
	unsigned line;
};

enum rule_answer {
	RULES_MISS, /* no rule matched: `hits` is empty, the default applies */
	RULES_HIT,
	RULES_UNKNOWN, /* it depends on something that could not be found out; subject_doubt() says
			  what */
};

/*
 * Reads and compiles the file. NULL only when it can't be read (a diagnostic says so); bad lines
 * are reported and left out. Ownership: the caller's.
 */
struct ruleset *ruleset_load(
    const char *path, const struct ruleset_use *use, struct diagnostics *diagnostics);
/* The same from text (SQL, LDAP, tests); `name` stands for the file in diagnostics and reasons. */
struct ruleset *ruleset_parse(const char *name, const char *text, size_t length,
    const struct ruleset_use *use, struct diagnostics *diagnostics);
void ruleset_free(struct ruleset *ruleset);

/*
 * Finds the rules that decide for `subject` and appends them to `hits` (a GArray of struct
 * rule_hit) in the order in which they contribute: one at most in first mode; in all mode one for
 * each contribution (the sender, each matching recipient ...), values squeezed to single blanks,
 * empty ones left out. Appends nothing for another answer than RULES_HIT.
 *
 * An expression that runs into its limit counts as no match and adds a note to the subject, once in
 * the life of the ruleset.
 */
enum rule_answer ruleset_match(
    const struct ruleset *ruleset, struct subject *subject, GArray *hits);

/* The default rule's value with its line, or value NULL where the file has none. */
struct rule_hit ruleset_default(const struct ruleset *ruleset);

/* The text of the rule at this line as it was when the ruleset was loaded, for people; NULL when there
 * is no such line. The caller's. */
char *ruleset_rule_text(const struct ruleset *ruleset, unsigned line);

const char *ruleset_path(const struct ruleset *ruleset);
/* Every distinct value that some rule can give, for checks at load: of const char *, borrowed
 * strings, the array is the caller's. */
GPtrArray *ruleset_values(const struct ruleset *ruleset);
/* The line of the first rule with a value of ruleset_values(); the default rule's where no other has it. */
unsigned ruleset_line_of(const struct ruleset *ruleset, const char *value);
/* How many rules are tried or found: the default and lines that were left out don't count. */
unsigned ruleset_rules(const struct ruleset *ruleset);

#endif
