/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_DIAGNOSTIC_H
#define RULES_DIAGNOSTIC_H
/*
 * What is to be said about configuration files: collected while they are read, shown by whoever
 * reads them.
 */
#include <glib.h>
#include <stdbool.h>

enum severity {
	SEVERITY_INFO,	  /* worth knowing */
	SEVERITY_WARNING, /* something is ignored or replaced by its default */
	SEVERITY_ERROR,	  /* a line that is not used, or a value that can't be */
	SEVERITY_FATAL,	  /* the configuration can't be used */
};

struct diagnostic {
	enum severity severity;
	char *file;	 /* NULL when it comes from no file */
	unsigned line;	 /* 0: the file as a whole */
	char *directive; /* external name, NULL when about none */
	char *text;
};

struct diagnostics;

struct diagnostics *diagnostics_new(void);
void diagnostics_free(struct diagnostics *all);
void diagnostics_add(struct diagnostics *all, enum severity severity, const char *file,
    unsigned line, const char *directive, const char *format, ...) G_GNUC_PRINTF(6, 7);
/* In the order in which they were added; of struct diagnostic. Borrowed. */
const GPtrArray *diagnostics_list(const struct diagnostics *all);
/* How many are of at least this severity. */
unsigned diagnostics_count(const struct diagnostics *all, enum severity at_least);
/* "file:line: severity: Directive: text". The caller's. */
char *diagnostic_text(const struct diagnostic *diagnostic);

#endif
