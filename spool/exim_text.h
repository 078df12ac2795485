/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SPOOL_EXIM_TEXT_H
#define SPOOL_EXIM_TEXT_H
/* A queue file in memory, read from its start to its end, with errors that say where. */
#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

struct exim_text {
	const char *file; /* its name, for errors */
	const char *text;
	size_t length;
	size_t at; /* what is read next; no greater than length */
};

/* A line without its newline. Borrowed from the text; not closed by a 0, holds none either. */
struct exim_line {
	const char *text;
	size_t length;
};

/* Reads a line. SPOOL_ERROR_CORRUPT where there is no whole one, or a NUL in it; `expected` says
 * what should have been there. */
bool exim_text_line(struct exim_text *text, struct exim_line *line, const char *expected,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Sets SPOOL_ERROR_CORRUPT: "FILE line 7: expected WHAT, found "..."", for the byte at `at`.
 * Returns false. */
bool exim_text_fail(const struct exim_text *text, size_t at, const char *expected, GError **error);

/* Reads decimal digits only, from `digits`, `length` of them, none more than `most`. */
bool exim_number(
    const char *digits, size_t length, guint64 most, guint64 *number) G_GNUC_WARN_UNUSED_RESULT;

#endif
