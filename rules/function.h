/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_FUNCTION_H
#define RULES_FUNCTION_H
/*
 * Custom functions as the configuration names them: &Name, &Name(a, "b c"). Where functions come
 * from, and how one is called, is the business of whoever registers a callback here.
 */
#include <glib.h>
#include "rules/subject.h"
#include "rules/table.h"

/* A directive whose value a function gives. */
struct function_use {
	enum directive directive;
	char *name;
	char **arguments; /* without quotes, NULL-terminated */
	char *text;	  /* the arguments as written, with their parentheses; "" for none */
	const char *file; /* of the line that says so; NULL: the command line */
	unsigned line;
};

#define FUNCTION_ERROR function_error_quark()
GQuark function_error_quark(void);
enum function_error { FUNCTION_ERROR_SYNTAX };

/*
 * Reads "&Name" or "&Name(arguments)". Arguments are separated by commas; blanks around them don't
 * count; within single or double quotes everything stands for itself. A semicolon at the end is
 * allowed and sets `semicolon`. NULL with `error` for anything else. The caller fills in `directive`,
 * `file` and `line`.
 */
struct function_use *function_parse(const char *text, bool *semicolon, GError **error);
void function_use_free(struct function_use *use);

/*
 * From what a function gave to the text that is kept for the directive, as kind_convert() does it for
 * a line of the file; the words that MailScanner 5 has inside (1, 0, 2, convert) count too.
 */
char *function_convert(const struct table_row *row, const char *text, char **note, GError **error);

/* The other way: a value of the directive in the words that MailScanner 5 has inside. The caller's. */
char *function_inner_value(const struct table_row *row, const char *text);

enum function_answer {
	FUNCTION_VALUE,	   /* `text` is it */
	FUNCTION_NO_VALUE, /* the directive's default counts */
	FUNCTION_UNKNOWN,  /* can't tell; `text` is why */
};
/* `subject` NULL: the value without a message, which must be the same whenever it is asked for.
 * `text` is borrowed until the next call. */
typedef enum function_answer function_ask(
    void *data, const struct function_use *use, struct subject *subject, const char **text);

/* Who calls functions from now on. NULL: nobody, and the default counts; so it is at first. */
void function_register(function_ask *ask, void *data);
/* Asks whoever is registered. */
enum function_answer function_call(
    const struct function_use *use, struct subject *subject, const char **text);

#endif
