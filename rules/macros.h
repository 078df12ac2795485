/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_MACROS_H
#define RULES_MACROS_H
/*
 * What is replaced in values: %macros%, $ENVIRONMENT and \n, in that order.
 *
 * Macro names are compared without case; what is not defined becomes nothing. Two percent signs in
 * a value always make a pair. $NAME and ${NAME} are the same; PATH is the one that the program
 * runs with, HOME and BASH_ENV are empty, HOSTNAME is the system's when it is not set.
 */
#include <glib.h>
#include <stdbool.h>

struct macros;

/* Knows %version%. */
struct macros *macros_new(void);
void macros_free(struct macros *macros);

/* `name` with its percent signs. True when values were already expanded with another definition. */
bool macros_define(struct macros *macros, const char *name, const char *value);
/* NULL when it is not defined. Borrowed until it is defined again. */
const char *macros_value(const struct macros *macros, const char *name);

/*
 * The text with everything replaced; the caller's. `again` replaces macros and environment a second
 * time in the result, as MailScanner 5 does for free texts. Names of macros that are not defined are
 * added to `missing` (of char *, the array frees them; may be NULL), each only once in the life of
 * `macros`; so are those whose value would make the text longer than 1 MB.
 */
char *macros_expand(struct macros *macros, const char *text, bool again, GPtrArray *missing);

#endif
