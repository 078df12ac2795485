/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The order counts. Signals are caught before anything is held that would have to be let go; the state directory is locked before
 * its journals are carried out; all that earlier processes decided is finished before any message is looked for.
 */
#include "core/engine/supervision.h"

#include <errno.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sysexits.h>

#include "core/engine/daemon.h"
#include "core/engine/fitness.h"
#include "core/log/log.h"
#include "rules/directives.h"
#include "rules/table.h"
#include "spool/fd.h"

static bool
open_signals(struct supervisor *supervisor)
{
	sigset_t wanted;

	sigemptyset(&wanted);
	sigaddset(&wanted, SIGHUP);
	sigaddset(&wanted, SIGTERM);
	sigaddset(&wanted, SIGINT);
	sigaddset(&wanted, SIGCHLD);
	signal(SIGPIPE, SIG_IGN);
	sigprocmask(SIG_BLOCK, &wanted, NULL);
	supervisor->signals = signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK);
	return supervisor->signals >= 0;
}

static void
close_in_child(void *data)
{
	struct supervisor *supervisor = data;

	for (unsigned i = 0; i < crew_count(supervisor->crew); i++)
		fd_close(&crew_slot(supervisor->crew, i)->socket);
	fd_close(&supervisor->signals);
	intake_free(supervisor->intake);
}

static int
exit_status_of(const GError *error)
{
	if (error->domain != DAEMON_ERROR)
		return EX_OSERR;
	switch ((enum daemon_error)error->code) {
	case DAEMON_ERROR_CONFIG:
		return EX_CONFIG;
	case DAEMON_ERROR_LOCKED:
		return EX_TEMPFAIL;
	case DAEMON_ERROR_SYSTEM:
		break;
	}
	return EX_OSERR;
}

static void
note_suspect(const char *directory, const char *id, bool alone, void *data)
{
	ledger_note_suspect(data, directory, id, alone);
}

/* State directory, pid file, privileges, in this order. */
static bool
take_possession(struct supervisor *supervisor, GError **error)
{
	const char *pid_file = pid_file_for(NULL);

	supervisor->state = daemon_state(error);
	if (supervisor->state == NULL)
		return false;
	if (supervisor->options->mode == SUPERVISOR_RUN) {
		if (!daemon_write_pid_file(pid_file, error))
			return false;
		supervisor->pid_file = g_strdup(pid_file);
	}
	return daemon_drop_privileges(error);
}

/* Can the configuration in force be worked with? The log says why not. */
static bool
is_fit(void)
{
	struct diagnostics *diagnostics = diagnostics_new();
	bool fit = fitness_check(diagnostics);

	log_diagnostics(diagnostics);
	diagnostics_free(diagnostics);
	return fit;
}

/* 0, or an exit status. */
int
supervisor_set_up(struct supervisor *supervisor)
{
	g_autoptr(GError) error = NULL;

	if (!is_fit())
		return EX_CONFIG;
	supervisor->format = spool_format_named(table_word_text(mta_for(NULL)));
	/* First of all, so that a signal that comes meanwhile waits. */
	if (!open_signals(supervisor)) {
		log_line(LOG_ERR, "signalfd: %s", g_strerror(errno));
		return EX_OSERR;
	}
	if (!take_possession(supervisor, &error)) {
		log_line(LOG_ERR, "%s", error->message);
		return exit_status_of(error);
	}
	supervisor->ledger = ledger_open();
	slot_read_notes(supervisor->state, note_suspect, supervisor->ledger);
	supervisor->crew =
	    crew_new(supervisor->format, supervisor->state, close_in_child, supervisor);
	supervisor->intake = intake_new(supervisor->format, supervisor->state, supervisor->ledger,
	    supervisor->options->mode == SUPERVISOR_RUN ? WATCH_ARRIVALS : WATCH_SCANS,
	    supervisor->options->only_id);
	supervisor_recover(supervisor);
	if (!supervisor->recovered)
		return EX_OSERR;
	return intake_open(supervisor->intake) ? 0 : EX_CONFIG;
}

void
supervisor_tear_down(struct supervisor *supervisor)
{
	crew_free(supervisor->crew);
	intake_free(supervisor->intake);
	ledger_close(supervisor->ledger);
	programs_free(supervisor->programs);
	/* Signals stay blocked: a second SIGTERM changes nothing any more. */
	fd_close(&supervisor->signals);
	if (supervisor->state != NULL)
		spool_place_unref(supervisor->state);
	if (supervisor->pid_file != NULL)
		daemon_remove_pid_file(supervisor->pid_file);
	g_free(supervisor->pid_file);
}
