/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ENGINE_DAEMON_H
#define CORE_ENGINE_DAEMON_H
/*
 * What a process does once at its start: the state directory, the lock that keeps a second instance out, privileges, going to the
 * background, the pid file.
 */
#include <glib.h>
#include <stdbool.h>
#include "spool/place.h"

#define DAEMON_ERROR (daemon_error_quark())
GQuark daemon_error_quark(void);
enum daemon_error {
	DAEMON_ERROR_CONFIG, /* the configuration names what does not exist */
	DAEMON_ERROR_SYSTEM, /* the system refused */
	DAEMON_ERROR_LOCKED, /* another instance is at work */
};

/*
 * Makes `State Dir` where it is missing (mode 0700, owned by `Run As User`/`Group`), opens it, and takes the instance lock
 * in it, which this process alone holds: it is free the moment the process is gone, and not inherited.
 */
struct spool_place *daemon_state(GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Do `Run As User`, `Run As Group` and `Quarantine Group` exist? */
bool daemon_users_exist(GError **error);

/* Becomes `Run As User` and `Run As Group`, with `Quarantine Group` as a further group. */
bool daemon_drop_privileges(GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * Goes to the background. Returns in the new process only, with a descriptor on which daemon_ready() tells the first process that the
 * start succeeded; that one exits with 0 then, and with the other's exit status when there was no such word. -1 with `error` when that fails.
 */
int daemon_background(GError **error);
void daemon_ready(int fd);

/* Writes the pid into that file (nothing is done when the name is blank); daemon_remove_pid_file() takes it away again. */
bool daemon_write_pid_file(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void daemon_remove_pid_file(const char *path);

#endif
