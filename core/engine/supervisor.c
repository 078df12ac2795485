/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One loop around poll(): signals (signalfd), the queue watch (inotify), the workers' sockets, and the next point in time
 * at which something is due. Each wake-up handles what has come, then hands batches to whoever is idle.
 *
 * Everything that must survive this process is on disk: the journals (spool/handoff.h), the notes of what is in work (slot.h), the
 * attempts of messages that ended their worker (attempts.h). So its start is the same whether the last one ended well or not.
 */
#include "core/engine/supervisor.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "core/engine/adopt.h"
#include "core/engine/batch.h"
#include "core/engine/crew.h"
#include "core/engine/daemon.h"
#include "core/engine/fitness.h"
#include "core/engine/intake.h"
#include "core/engine/ledger.h"
#include "core/engine/programs.h"
#include "core/engine/reload.h"
#include "core/engine/service.h"
#include "core/engine/single.h"
#include "core/engine/tell.h"
#include "core/log/lines.h"
#include "core/log/log.h"
#include "rules/directives.h"
#include "rules/table.h"
#include "spool/fd.h"
#include "spool/handoff.h"

#define ONCE_PATIENCE \
	(G_USEC_PER_SEC / 4) /* how long `once` waits for a message that is locked just now */

struct supervisor {
	const struct supervisor_options *options;
	const struct spool_format *format;
	struct spool_place *state;
	struct ledger *ledger;
	struct intake *intake;
	struct programs *programs;
	struct crew *crew;
	int signals;
	gint64 next_recovery; /* G_MAXINT64: nothing is pending */
	gint64 grace_ends;    /* while stopping */
	struct service service;
	char *pid_file; /* NULL: none was written */
	gint64 last_report;
	unsigned done;
	bool recovered; /* the last recovery has seen all that earlier processes decided */
	bool stopping;
	bool
	    cut_short; /* workers were ended in the midst of their work, for no fault of their messages */
};

static gint64
seconds(gint64 n)
{
	return n * G_USEC_PER_SEC;
}

/* When to try again what could not be finished. */
static gint64
next_try(void)
{
	return g_get_monotonic_time() + seconds(CLAMP(queue_scan_interval_for(NULL), 1, G_MAXINT));
}

/* -- what an earlier process or a dead worker left */

static void
recover(struct supervisor *supervisor)
{
	g_autoptr(GPtrArray) finished = NULL;
	g_autoptr(GPtrArray) pending = NULL;
	g_autoptr(GError) error = NULL;
	enum handoff_sync sync =
	    queue_sync_for(NULL) == WORD_file ? HANDOFF_SYNC_FILE : HANDOFF_SYNC_FILE_SYSTEM;

	supervisor->next_recovery = G_MAXINT64;
	supervisor->recovered =
	    handoff_recover(supervisor->state, sync, &finished, &pending, &error);
	if (!supervisor->recovered) {
		log_line(LOG_ERR, "recovery: %s", error->message);
		supervisor->next_recovery = next_try();
		return;
	}
	supervisor->done += ledger_recovered(supervisor->ledger, finished, pending);
	if (pending->len > 0)
		supervisor->next_recovery = next_try();
	tell_recover(
	    supervisor->format, supervisor->state->fd, supervisor->options->mode != SUPERVISOR_RUN);
}

/* -- workers */

static void
close_in_child(void *data)
{
	struct supervisor *supervisor = data;

	for (unsigned i = 0; i < crew_count(supervisor->crew); i++)
		fd_close(&crew_slot(supervisor->crew, i)->socket);
	fd_close(&supervisor->signals);
	intake_free(supervisor->intake);
}

static void
take_kicks(struct supervisor *supervisor, struct slot *slot, const struct report *report)
{
	for (unsigned i = 0; i < report->kicks->len; i++) {
		const struct kick *kick = g_ptr_array_index(report->kicks, i);

		programs_kick(supervisor->programs, kick, kick->wait ? (int)slot->number : -1);
		slot->waits_for_kick |= kick->wait;
	}
}

static void
take_report(struct supervisor *supervisor, struct slot *slot)
{
	g_autoptr(GVariant) frame = frame_receive(slot->socket, REPORT_TYPE);

	if (frame == NULL || slot->job == NULL) {
		/* It is dying; what it held comes back when its end is known. */
		fd_close(&slot->socket);
		return;
	}
	struct report *report = report_unpack(frame);
	g_autoptr(GPtrArray) job = g_steal_pointer(&slot->job);

	slot->deaths = 0;
	supervisor->last_report = g_get_monotonic_time();
	supervisor->done += ledger_settle(supervisor->ledger, job, report);
	take_kicks(supervisor, slot, report);
	if (ledger_pending(supervisor->ledger) > 0 && supervisor->next_recovery == G_MAXINT64)
		supervisor->next_recovery = next_try();
	report_free(report);
}

static void
worker_ended(struct supervisor *supervisor, struct slot *slot, int status, gint64 now)
{
	g_autofree char *doing = board_text(slot->board);
	bool in_function = slot->board->function[0] != '\0';
	int at = slot->board->item;

	/* Its last report may still be on the way. */
	if (slot->job != NULL && slot->socket >= 0)
		take_report(supervisor, slot);
	g_autoptr(GPtrArray) job = slot_bury(slot);

	if (status != 0) {
		lines_child_exit(WEXITSTATUS(status), status & 0xff);
		crew_note_death(slot, now);
		recover(supervisor);
	}
	bool begun = at != BOARD_NOTHING;
	if (status != 0 && (job != NULL || in_function))
		log_line(LOG_WARNING,
		    "a worker ended while it was %s; %u messages were in its hands", doing,
		    job != NULL && begun ? job->len : 0);
	if (job == NULL)
		return;
	if (status == 0 || !begun || supervisor->cut_short)
		ledger_return(supervisor->ledger, job);
	else
		ledger_suspect(supervisor->ledger, job, at);
}

static void
reap(struct supervisor *supervisor, gint64 now)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		struct slot *slot = crew_slot_of(supervisor->crew, pid);

		if (slot != NULL)
			worker_ended(supervisor, slot, status, now);
		else
			programs_ended(supervisor->programs, pid, status);
	}
	for (unsigned i = 0; i < crew_count(supervisor->crew); i++) {
		struct slot *slot = crew_slot(supervisor->crew, i);

		if (slot->waits_for_kick)
			slot->waits_for_kick =
			    programs_busy_for(supervisor->programs, (int)slot->number) > 0;
	}
}

/* -- giving work */

static bool
may_give(const struct supervisor *supervisor)
{
	/* What recovery could not look at may hold decisions about any message. */
	if (supervisor->stopping || !supervisor->recovered)
		return false;
	/* At the start all are found first, so that the oldest goes first, unless there are so many that order doesn't count. */
	return intake_is_complete(supervisor->intake) || ledger_is_long(supervisor->ledger);
}

static void
give_work(struct supervisor *supervisor, gint64 now)
{
	struct slot *slot;

	while (may_give(supervisor) && (slot = crew_idle(supervisor->crew)) != NULL) {
		unsigned waiting;
		GPtrArray *items = ledger_take(supervisor->ledger, batch_most(), now, &waiting);

		if (items == NULL)
			return;
		slot_give(slot, items, waiting, ledger_most_attempts(), supervisor->state);
	}
}

/* -- signals */

/* What depends on a configuration that has just come into force. */
static void
take_configuration(struct supervisor *supervisor)
{
	if (supervisor->options->reloaded != NULL)
		supervisor->options->reloaded(supervisor->options->data);
	config_log_files();
	if (spool_format_named(table_word_text(mta_for(NULL))) != supervisor->format)
		log_line(LOG_WARNING, "MTA changes with the next start only");
	ledger_reconfigure(supervisor->ledger);
	crew_retire_all(supervisor->crew);
	intake_open(supervisor->intake);
}

static void
reload(struct supervisor *supervisor)
{
	service_reloading();
	if (reload_configuration(supervisor->options->config_path, supervisor->options->overrides))
		take_configuration(supervisor);
	service_ready();
}

static void
stop(struct supervisor *supervisor, gint64 now)
{
	if (supervisor->stopping)
		return;
	supervisor->stopping = true;
	supervisor->grace_ends = now + seconds(MAX(1, worker_grace_period_for(NULL)));
	service_stopping();
	crew_retire_all(supervisor->crew);
}

static void
take_signals(struct supervisor *supervisor, gint64 now)
{
	struct signalfd_siginfo info;

	while (read(supervisor->signals, &info, sizeof info) == (ssize_t)sizeof info) {
		switch (info.ssi_signo) {
		case SIGHUP:
			reload(supervisor);
			break;
		case SIGTERM:
		case SIGINT:
			stop(supervisor, now);
			break;
		case SIGCHLD:
			break; /* reaped in any case */
		}
	}
}

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

/* -- the loop */

/* Nothing is left that can be done now. */
static bool
is_through(struct supervisor *supervisor, gint64 now)
{
	if (crew_is_hopeless(supervisor->crew) || !supervisor->recovered)
		return true;
	if (!intake_is_complete(supervisor->intake) || intake_is_scanning(supervisor->intake) ||
	    crew_any_job(supervisor->crew) || programs_busy(supervisor->programs) > 0 ||
	    ledger_next_due(supervisor->ledger, now) <= now + ONCE_PATIENCE)
		return false;
	/* What has come while there was work is found by one more look. */
	if (intake_scanned(supervisor->intake) >= supervisor->last_report)
		return true;
	intake_rescan(supervisor->intake);
	return false;
}

static gint64
next_wake(struct supervisor *supervisor, gint64 now)
{
	gint64 next = intake_next(supervisor->intake, now);
	gint64 expiry = programs_expire(supervisor->programs, now);

	next = MIN(next, supervisor->next_recovery);
	next = MIN(next, supervisor->service.next);
	next = MIN(next, expiry);
	if (supervisor->stopping)
		return MIN(next, supervisor->grace_ends);
	gint64 due = ledger_next_due(supervisor->ledger, now);
	/* What waits for an idle worker is handed out when its report comes, not by the clock. */
	next = MIN(next, due > now ? due : G_MAXINT64);
	return MIN(next, crew_next_wake(supervisor->crew, now));
}

static void
sleep_until(struct supervisor *supervisor, gint64 wake, gint64 now)
{
	unsigned n = crew_count(supervisor->crew);
	g_autofree struct pollfd *inputs = g_new0(struct pollfd, n + 2);
	gint64 wait = CLAMP(wake - now, 0, seconds(3600));
	struct timespec timeout = { wait / G_USEC_PER_SEC, wait % G_USEC_PER_SEC * 1000 };

	for (unsigned i = 0; i < n; i++) {
		inputs[i].fd = crew_slot(supervisor->crew, i)->socket;
		inputs[i].events = POLLIN;
	}
	inputs[n] = (struct pollfd){ .fd = supervisor->signals, .events = POLLIN };
	inputs[n + 1] = (struct pollfd){ .fd = intake_fd(supervisor->intake), .events = POLLIN };
	if (ppoll(inputs, n + 2, &timeout, NULL) <= 0)
		return;
	for (unsigned i = 0; i < n; i++) {
		if (inputs[i].revents != 0)
			take_report(supervisor, crew_slot(supervisor->crew, i));
	}
	if (inputs[n + 1].revents != 0)
		intake_read(supervisor->intake);
}

static void
end_grace(struct supervisor *supervisor, gint64 now)
{
	if (!supervisor->stopping || now < supervisor->grace_ends)
		return;
	log_line(LOG_WARNING, "Worker Grace Period is over: workers that are not done are ended");
	crew_kill_all(supervisor->crew);
	supervisor->cut_short = true;
	supervisor->grace_ends = G_MAXINT64;
}

/* For `once` no more than there are batches; a daemon has them all ready. */
static unsigned
wanted_workers(const struct supervisor *supervisor)
{
	unsigned most = (unsigned)CLAMP(max_children_for(NULL), 1, 1000);
	unsigned batches = (ledger_count(supervisor->ledger) + batch_most() - 1) / batch_most();

	if (supervisor->stopping)
		return 0;
	if (supervisor->options->mode == SUPERVISOR_RUN)
		return most;
	return MIN(most, MAX(crew_count(supervisor->crew), batches));
}

static void
loop(struct supervisor *supervisor)
{
	const struct supervisor_options *options = supervisor->options;
	bool once = options->mode == SUPERVISOR_ONCE;

	for (;;) {
		gint64 now = g_get_monotonic_time();

		take_signals(supervisor, now);
		reap(supervisor, now);
		if (supervisor->stopping && !crew_any_worker(supervisor->crew))
			return;
		end_grace(supervisor, now);
		crew_kill_stuck(supervisor->crew, now);
		crew_retire_old(supervisor->crew, now);
		if (now >= supervisor->next_recovery)
			recover(supervisor);
		intake_go_on(supervisor->intake, now);
		crew_keep(supervisor->crew, wanted_workers(supervisor), now);
		give_work(supervisor, now);
		service_tell(
		    &supervisor->service, now, supervisor->done, ledger_count(supervisor->ledger));
		if (options->progress != NULL)
			options->progress(
			    supervisor->done, ledger_count(supervisor->ledger), options->data);
		if (once && !supervisor->stopping && is_through(supervisor, now)) {
			stop(supervisor, now);
			continue;
		}
		sleep_until(supervisor, next_wake(supervisor, now), now);
	}
}

/* One batch without any worker, and the end of the programs that it started. */
static void
do_one_batch(struct supervisor *supervisor)
{
	while (!intake_is_complete(supervisor->intake))
		intake_go_on(supervisor->intake, g_get_monotonic_time());
	supervisor->done = single_batch(
	    supervisor->format, supervisor->state, supervisor->ledger, supervisor->programs);
	while (programs_busy(supervisor->programs) > 0 && !supervisor->stopping) {
		gint64 now = g_get_monotonic_time();

		sleep_until(supervisor, programs_expire(supervisor->programs, now), now);
		take_signals(supervisor, now);
		reap(supervisor, now);
	}
}

/* -- start and end */

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
static int
set_up(struct supervisor *supervisor)
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
	recover(supervisor);
	if (!supervisor->recovered)
		return EX_OSERR;
	return intake_open(supervisor->intake) ? 0 : EX_CONFIG;
}

static void
tear_down(struct supervisor *supervisor)
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

static int
work(struct supervisor *supervisor, int ready)
{
	int status = set_up(supervisor);

	if (status != 0)
		return status;
	if (supervisor->options->mode == SUPERVISOR_BATCH) {
		do_one_batch(supervisor);
	} else {
		log_show(-1);
		daemon_ready(ready);
		service_ready();
		loop(supervisor);
	}
	/* What was cut short is tried alone at the next start. */
	if (!supervisor->cut_short)
		slot_clear_notes(supervisor->state);
	if (supervisor->options->only_id != NULL && supervisor->done == 0 &&
	    ledger_count(supervisor->ledger) == 0)
		return EX_NOINPUT;
	if (supervisor->options->mode != SUPERVISOR_RUN &&
	    ledger_count(supervisor->ledger) + ledger_pending(supervisor->ledger) > 0)
		return EX_TEMPFAIL;
	return 0;
}

int
supervisor_run(const struct supervisor_options *options)
{
	g_autoptr(GError) error = NULL;
	int ready = options->background ? daemon_background(&error) : -1;

	log_show(options->background ? LOG_ERR : -1);
	struct supervisor supervisor = {
		.options = options,
		.programs = programs_new(),
		.signals = -1,
		.next_recovery = G_MAXINT64,
		.grace_ends = G_MAXINT64,
	};

	if (error != NULL) {
		log_line(LOG_ERR, "%s", error->message);
		return EX_OSERR;
	}
	int status = work(&supervisor, ready);
	tear_down(&supervisor);
	return status;
}
