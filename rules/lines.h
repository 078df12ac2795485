/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_LINES_H
#define RULES_LINES_H
/*
 * Configuration files as a list of `name = value` lines, includes put in where they stand.
 *
 * A line ends at its first '#'; there is no other comment, no quoting and no continuation. An
 * include names files by shell patterns; relative ones are looked for beside the file that holds
 * the include. Each file counts once.
 */
#include <glib.h>
#include <stdbool.h>
#include "rules/diagnostic.h"

struct line {
	char *file;	 /* as it was named; NULL for a setting of the command line */
	unsigned number; /* from 1 */
	char *name;	 /* "Max Children", or "%org-name%" for a macro */
	char *value;	 /* trimmed, macros not yet expanded */
};

/*
 * The lines of the file and of all that it includes, in reading order, of struct line; the
 * caller's. What can't be read or understood is reported; when the main file can't be read or some
 * line is nonsense that is SEVERITY_FATAL, and the lines that remain are still given. No lines for
 * NULL.
 */
GPtrArray *lines_read(const char *path, struct diagnostics *diagnostics);

/* A line of the command line. For g_ptr_array_add() to what lines_read() gave. */
struct line *line_new(const char *name, const char *value);

/* Whether it defines a macro: its name is %...% with no other percent sign. */
bool line_is_macro(const struct line *line);

/* "Name = value". The caller's. */
char *line_text(const struct line *line);

#endif
