/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_CMD_H
#define CMD_CMD_H
/*
 * One subcommand: its name, what --help says of it, and its main function, which gets its own arguments (argv[0] is the
 * subcommand's name) and returns an exit status of sysexits(3).
 */
#include <glib.h>
#include <stdbool.h>
#include "rules/config.h"

struct cmd_global {
	const char *config_path; /* -c FILE, or the default */
	const char *log;	 /* --log, or NULL: as the directive `Log Format` says */
	GPtrArray *overrides;	 /* "Name", "value" pairs from the command line, NULL-terminated */
};

struct cmd {
	const char *name;
	const char *summary; /* one line */
	int (*run)(const struct cmd_global *global, int argc, char **argv);
};

/* All of them, ended by a row without a name. */
extern const struct cmd *const cmd_table[];

/*
 * Reads the configuration and puts it in force. What is wrong with it is printed on standard error:
 * warnings too where `at_least` says so. NULL when it can't be used: the command returns EX_CONFIG.
 * Else what was found, the caller's.
 */
struct diagnostics *cmd_load(const struct cmd_global *global, enum severity at_least);

/*
 * Starts the custom functions that the configuration names, for a command that shows values. What is wrong is printed on
 * standard error; what the functions log too, from warnings on. For functions_end(); may be NULL.
 */
struct functions *cmd_start_functions(void);

/* Opens the log that --log or `Log Format` names; `foreground` makes standard error the default. False: no such format, said on standard error. */
bool cmd_open_log(const struct cmd_global *global, bool foreground);

/*
 * Parses a subcommand's options. False when there is nothing more to do (an error was printed, or the help): `*status` is the
 * exit status then. Non-options stay in argv.
 */
bool cmd_options(const struct cmd *cmd, const char *arguments, const GOptionEntry *entries,
    int *argc, char ***argv, int *status);

/* Adds a pair to the overrides; both are copied. */
void cmd_override(const struct cmd_global *global, const char *name, const char *value);

#endif
