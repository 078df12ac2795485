/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_COMMANDS_H
#define CMD_COMMANDS_H
/* The subcommands, each in the file of its name (once stands with run). */
#include "cmd/cmd.h"

extern const struct cmd cmd_run;
extern const struct cmd cmd_once;
extern const struct cmd cmd_lint;
extern const struct cmd cmd_value;
extern const struct cmd cmd_ls;
extern const struct cmd cmd_show;
extern const struct cmd cmd_check;
extern const struct cmd cmd_processing;
extern const struct cmd cmd_quarantine;
extern const struct cmd cmd_plugins;
extern const struct cmd cmd_try;

#endif
