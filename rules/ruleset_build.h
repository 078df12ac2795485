/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_RULESET_BUILD_H
#define RULES_RULESET_BUILD_H
/*
 * A ruleset in the making: what is needed while lines are read and not after.
 */
#include "rules/ruleset_private.h"
#include "rules/textfile.h"

/* Lists may name lists, this deep. */
#define LIST_DEPTH_LIMIT 5
/* Patterns read from list files, counted for each rule that names the list. */
#define PATTERNS_LIMIT (16U << 20)
/* Networks of all ranges together. */
#define NETWORKS_LIMIT (4U << 20)
/* Beyond this many a ruleset's complaints are only counted. */
#define COMPLAINTS_LIMIT 100
/* Expressions beyond this many are interpreted, not compiled to machine code. */
#define COMPILED_LIMIT 1000

struct where {
	const char *file;
	unsigned line;
};

struct builder {
	struct ruleset *set;
	const struct ruleset_use *use;
	struct diagnostics *diagnostics;
	unsigned complaints;
	unsigned networks;
	unsigned listed;	  /* patterns read from lists */
	GHashTable *terms;	  /* kind and text -> number of the term, plus one */
	GHashTable *converted[2]; /* text of a rule's value, of a default's -> value, plus one */
	GHashTable *values;	  /* value -> its index, plus one */
	GHashTable *lists;	  /* path -> struct list, see ruleset_half.c */
	struct pattern pattern;
	GString *word;
	GString *value;
	GString *key;
	GArray *found; /* struct network, of one word */
};

void builder_complain(struct builder *builder, enum severity severity, const struct where *where,
    const char *format, ...) G_GNUC_PRINTF(4, 5);

/* The number of the term for a pattern (of any kind but PATTERN_DEFAULT and PATTERN_LIST); false,
 * with a complaint, when it is wrong. */
bool builder_term(struct builder *builder, enum pattern_kind kind, const char *text,
    const struct where *where, uint32_t *number);

/* One half of a rule. Its terms go to the end of the set's parts. */
struct half {
	enum direction direction;
	bool paired;	   /* the rule has another half: "default" is a pattern like others */
	bool has_default;  /* "default" was among its patterns */
	uint32_t everyone; /* for a paired one: the term that stands for it */
};
void builder_half(
    struct builder *builder, struct half *half, struct slice word, const struct where *where);

void list_free(void *pointer);

#endif
