/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_TABLE_H
#define RULES_TABLE_H
/*
 * rules/directives.def at run time: rows by directive, directives by name. directive_info() and
 * directive_named() of rules/config.h belong here as well.
 */
#include "rules/config.h"

/* The columns of the same names; what they mean stands at the head of rules/directives.def. */
enum kind {
	KIND_yesno,
	KIND_enum,
	KIND_loose,
	KIND_number,
	KIND_file,
	KIND_dir,
	KIND_path,
	KIND_command,
	KIND_mode,
	KIND_string
};
enum match { MATCH_simple, MATCH_first, MATCH_all };
enum combine {
	COMBINE_one,	      /* one value: any yes, the strongest of `words`, the first number */
	COMBINE_any_yes,      /* yes when a yes occurs */
	COMBINE_no_no,	      /* yes unless a no occurs */
	COMBINE_only_yes,     /* yes when nothing but yes occurs */
	COMBINE_strongest,    /* the last of `words` that occurs */
	COMBINE_tnef,	      /* no, add, replace: add when they disagree */
	COMBINE_join,	      /* all of them, separated by blanks */
	COMBINE_join_comma,   /* ... by commas */
	COMBINE_watermark,    /* delete, high, spam, or a number, in that order */
	COMBINE_default_only, /* the value without a message, whoever asks */
};

struct table_row {
	struct directive_info info;
	enum kind kind;
	enum match match;
	enum combine combine;
};
const struct table_row *table_row(enum directive directive);

/* The name as MailScanner 5 compares it: lower case, letters and digits only. The caller's. */
char *table_fold(const char *name);
/* MailScanner 5's internal name of a directive. */
char *table_internal_name(enum directive directive);
/* A directive of older versions that nothing needs any more. */
bool table_obsolete(const char *name);
/* Names of directives that were perhaps meant: `"Max Children" or "Max Spam Check Size"`; NULL when
 * none is near. The caller's. */
char *table_suggest(const char *name);

/* The text of a word, "" for WORD_NONE. */
const char *table_word_text(enum word word);
/* The word with this text in any case, WORD_NONE when there is none. */
enum word table_word(const char *text, size_t length);

#endif
