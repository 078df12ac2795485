/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_REGEX_H
#define RULES_REGEX_H
/*
 * Regular expressions from configuration files: Perl's syntax, case ignored, limited in what one
 * match may cost. Texts are bytes.
 */
#include <glib.h>
#include <stdbool.h>

enum regex_flags {
	REGEX_PLAIN = 0,
	REGEX_WHOLE = 1,    /* has to fit the whole text */
	REGEX_DOT_ALL = 2,  /* "." stands for a newline too */
	REGEX_STAR = 8,	    /* a "*" in front stands for anything, as file rules of old have it */
	REGEX_COMPILED = 4, /* to machine code: costs time now and memory, saves time later */
};

enum regex_answer {
	REGEX_MISS,
	REGEX_HIT,
	REGEX_OVERRUN, /* reached a limit: not known */
};

struct regex;

/* NULL with the reason and the offset in `error` when the expression is wrong. */
struct regex *regex_new(
    const char *expression, enum regex_flags flags, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void regex_free(struct regex *regex);

/* The expression as it was given. */
const char *regex_text(const struct regex *regex);

/* What a match needs besides, kept by the caller from one match to the next; not shared between
 * threads. */
struct regex_scratch;
struct regex_scratch *regex_scratch_new(void);
void regex_scratch_free(struct regex_scratch *scratch);

enum regex_answer regex_match(
    const struct regex *regex, struct regex_scratch *scratch, const char *text, size_t length);

/*
 * The text with what matched first replaced; in `replacement`, $1 or ${1} ... stand for what the expression's groups matched,
 * $0 for all of it. The caller's; NULL when nothing matches, a limit was reached or the replacement makes no sense.
 */
char *regex_replace(const struct regex *regex, struct regex_scratch *scratch, const char *text,
    const char *replacement);

/* True for the first caller only: for saying once what would be said at each match. */
bool regex_first_complaint(const struct regex *regex);

#endif
