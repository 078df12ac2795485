/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_CHECK_RULELIST_H
#define CORE_CHECK_RULELIST_H
/*
 * What values of directives about files name, read once for the life of the configuration: rules files, and lists of
 * expressions.
 */
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include "rules/filerules.h"
#include "rules/regex.h"

/* What rules may ask for besides the names of enum part_fact: see file_is_attached(). */
#define RULE_FACT_ATTACHED "attached"

/* Is it a word that rules may ask for? */
bool rule_list_is_fact(const char *word);

struct listed_rule {
	const struct file_rule *rule;
	const char *path; /* of its file */
	uint64_t facts;	  /* bit set of enum part_fact: all of them must be true */
	bool attached;	  /* file_is_attached() must be */
	bool never;	  /* it asks for something that is no fact */
};

/* The rules of all files of a value, one file after the other. */
struct rule_list {
	GArray *rules;	  /* of struct listed_rule */
	GPtrArray *files; /* of struct filerules */
	char *missing;	  /* a file that can't be read; NULL: they are all there */
};

/* Of a list of files, separated by blanks. Borrowed from the configuration in use. What is wrong with a file is logged once. */
const struct rule_list *rule_list_of(const char *files);

/*
 * Whether some expression of a list, separated by blanks, matches the text; a leading * stands for anything. REGEX_OVERRUN: none does, as far as can be told,
 * and one reached its limit.
 */
enum regex_answer rule_list_words_match(
    const char *expressions, struct regex_scratch *scratch, const char *text);

#endif
