/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_QUARANTINE_H
#define CMD_QUARANTINE_H
/* What the files of the subcommand `quarantine` share. All functions return an exit status and print errors themselves. */
#include <glib.h>
#include <stdbool.h>

#include "core/act/kept.h"

/* The options. */
struct quarantine_wanted {
	char *from, *to, *reason, *since, *until, *directory, *by, *file;
	char **recipients;
	gboolean json, message, again;
	int days;
};

/* The entries, of struct kept, as a table or as JSON. */
int quarantine_ls(const GPtrArray *found, const struct quarantine_wanted *wanted);
/* Each of them in full, or of the first one what --message and --file ask for. */
int quarantine_show(const GPtrArray *found, const struct quarantine_wanted *wanted);
/* Gives them back; each message once, in however many places it is kept. */
int quarantine_release(const GPtrArray *found, const struct quarantine_wanted *wanted);

/* Prints "mailscanner quarantine: ..." on standard error. Returns the status that says it, of sysexits(3). */
int quarantine_complain(const GError *error);

#endif
