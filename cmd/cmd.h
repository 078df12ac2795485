/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_CMD_H
#define CMD_CMD_H
/*
 * One subcommand: its name, what --help says of it, and its main function, which gets its own
 * arguments (argv[0] is the subcommand's name) and returns an exit status of sysexits(3).
 */
#include <stdbool.h>

struct cmd_global {
	const char *config_path; /* -c FILE, or the default */
	const char *log;	 /* --log, or NULL */
};

struct cmd {
	const char *name;
	const char *summary; /* one line */
	int (*run)(const struct cmd_global *global, int argc, char **argv);
};

#endif
