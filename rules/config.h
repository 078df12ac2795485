/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_CONFIG_H
#define RULES_CONFIG_H
/*
 * The configuration: MailScanner.conf with its includes and rulesets, read once, immutable after. A
 * reload reads another.
 *
 * Values are asked for by the accessors of rules/directives.h, one a directive:
 * `virus_scanning_for(subject)`.
 */
#include <glib.h>
#include <stdbool.h>
#include "rules/diagnostic.h"
#include "rules/directives.h"
#include "rules/subject.h"

struct config;

/*
 * Reads the file; with `path` NULL there are only defaults. `overrides` are settings from the
 * command line that replace the file's: pairs "Name", "value", NULL-terminated; may be NULL. What
 * there is to say goes to `diagnostics`. NULL, and a diagnostic of SEVERITY_FATAL, when the file
 * can't be read or holds a line that makes no sense, or when an override names no directive.
 */
struct config *config_load(
    const char *path, const char *const *overrides, struct diagnostics *diagnostics);
void config_free(struct config *config);

/* Makes this the configuration that the accessors read; returns the one before (the caller's). */
struct config *config_use(struct config *config);
/* The one in use; NULL before the first config_use(). */
const struct config *config_current(void);

const char *config_path(const struct config *config);

/* The value of a macro, `name` with its percent signs; NULL when it is not defined. Borrowed. */
const char *config_macro(const struct config *config, const char *name);

/* Directives as the table has them. */
struct directive_info {
	const char *id;	     /* "virus_scanning" */
	const char *name;    /* "Virus Scanning" */
	const char *alias;   /* the reference's internal name, folded; "" when the same */
	const char *meaning; /* one sentence */
	const char *words;   /* "no yes", "" for kinds without words */
	const char *initial; /* the default in our profile, as one would write it: macros, \n */
	const char *compat;  /* the default of MailScanner 5 */
	const char *group;
	bool read; /* something in this version reads it */
	bool ours; /* not a directive of MailScanner 5 */
	/* Why nothing has to read it: "..." for people, within a sentence; NULL: there is no such reason. */
	const char *unneeded;
};
const struct directive_info *directive_info(enum directive directive);
/* By name, folded as the reference folds (letters and digits only), or by alias. False: no such
 * directive. */
bool directive_named(const char *name, enum directive *directive);

/* Why a directive has its value. */
enum reason_source {
	REASON_DEFAULT,
	REASON_FILE,
	REASON_OVERRIDE,
	REASON_RULE,
	REASON_RULE_DEFAULT,
	REASON_UNKNOWN,
	REASON_FUNCTION
};
struct reason {
	enum reason_source source;
	char *file;    /* NULL: none */
	unsigned line; /* 0: none */
	/* The rule or the line as it stands in the file; for REASON_FUNCTION the line names it. For
	 * REASON_DEFAULT the line whose value could not be used, if there is one, or what was wrong
	 * with a function's; for REASON_UNKNOWN what could not be found out. */
	char *text;
};
struct explanation {
	char *value;	    /* in external words, as accessors see it (reduced) */
	char *joined;	    /* before the reduction, when several rules contributed; else NULL */
	bool certain;	    /* false: the default, because something could not be found out */
	bool by_rules;	    /* a ruleset decides, and no message was given: this is its default */
	bool is_default;    /* equal to the directive's default */
	GPtrArray *reasons; /* of struct reason, at least one */
};
/* `subject` may be NULL: the value without a message. The caller frees. */
struct explanation *config_explain(
    const struct config *config, enum directive directive, struct subject *subject);
void explanation_free(struct explanation *explanation);
/* "default", "file", "command line", "rule", "default rule", "could not be found out", "function". */
const char *reason_source_name(enum reason_source source);
/* For people, in one line: "rule FILE:3: From: a@b yes". The caller's. */
char *reason_text(const struct reason *reason);

/*
 * What the rules in a file say of the subject (NULL: their default), as if the directive named that file; the file is read
 * once. NULL: no rule fits, it could not be found out, or the file can't be used. The caller's.
 */
char *config_ask_file(const struct config *config, enum directive directive,
    struct subject *subject, const char *path, struct diagnostics *diagnostics);

/* The line that sets the directive, with its file in `file` (borrowed); 0, and NULL, when none does. */
unsigned config_line_of(const struct config *config, enum directive directive, const char **file);

/* The files whose lines it consists of, each once, in reading order: of const char *, borrowed; the
 * array is the caller's. */
GPtrArray *config_files(const struct config *config);

/* `Incoming Queue Dir` as a list of directories and globs (char *, list files resolved, macros
 * expanded); the caller's. NULL with `error` when a list file can't be read. */
GPtrArray *config_incoming_queues(const struct config *config, GError **error);

/*
 * Reads the file rules that the configuration names (Filename Rules ...) and compiles the expressions of its lists (Allow Filenames ...),
 * by rulesets too, and adds what is wrong with them. `is_fact` as in rules/filerules.h.
 */
void config_check_file_rules(const struct config *config, bool (*is_fact)(const char *word),
    struct diagnostics *diagnostics);

/* Functions that the configuration names: of const struct function_use * (rules/function.h), borrowed
 * from it; the array is the caller's. */
GPtrArray *config_functions(const struct config *config);

/* Directives that the configuration sets though nothing reads them yet: of GINT_TO_POINTER(enum
 * directive); the caller's. */
GPtrArray *config_idle_directives(const struct config *config);

#endif
