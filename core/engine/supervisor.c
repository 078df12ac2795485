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
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "core/engine/adopt.h"
#include "core/engine/crew.h"
#include "core/engine/daemon.h"
#include "core/engine/ledger.h"
#include "core/engine/programs.h"
#include "core/engine/worker.h"
#include "core/log/lines.h"
#include "core/log/log.h"
#include "rules/directives.h"
#include "rules/table.h"
#include "spool/fd.h"
#include "spool/handoff.h"
#include "spool/watch.h"

#define SCAN_STEP 4096 /* names looked at between two looks at everything else */
#define SWEEP_AGE 3600 /* seconds: what is younger may be in use */
#define ONCE_PATIENCE \
	(G_USEC_PER_SEC / 4) /* how long `once` waits for a message that is locked just now */

struct supervisor {
	const struct supervisor_options *options;
	const struct spool_format *format;
	struct spool_place *state;
	struct ledger *ledger;
	struct watch *watch;
	struct programs *programs;
	struct crew *crew;
	int signals;
	gint64 next_scan;
	gint64 next_recovery; /* G_MAXINT64: nothing is pending */
	gint64 next_watchdog;
	gint64 grace_ends; /* while stopping */
	unsigned done;
	bool scanning;
	bool scanned_once;
	bool stopping;
};

static gint64
seconds(gint64 n)
{
	return n * G_USEC_PER_SEC;
}

static gint64
scan_interval(void)
{
	return seconds(MAX(1, queue_scan_interval_for(NULL)));
}

/* -- finding messages */

static void
found(const char *directory, const struct spool_name *name, void *data)
{
	struct supervisor *supervisor = data;
	const char *only = supervisor->options->only_id;

	if (only != NULL && strcmp(only, name->id) != 0)
		return;
	if (name->control)
		ledger_found(supervisor->ledger, directory, name->id, name->received);
	else
		ledger_closed(supervisor->ledger, directory, name->id);
}

static bool
open_watch(struct supervisor *supervisor)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) queues = config_incoming_queues(config_current(), &error);

	if (queues == NULL) {
		log_line(LOG_ERR, "Incoming Queue Dir: %s", error->message);
		return false;
	}
	watch_free(supervisor->watch);
	supervisor->watch = watch_new(supervisor->format, queues, found, supervisor, &error);
	if (error != NULL)
		log_line(LOG_WARNING, "%s; new mail is found by scanning only", error->message);
	return supervisor->watch != NULL;
}

static void
start_scan(struct supervisor *supervisor)
{
	watch_scan_start(supervisor->watch);
	ledger_scan_begin(supervisor->ledger);
	supervisor->scanning = true;
}

/* Removes what was prepared for a hand-off that a crash prevented. */
static void
sweep(struct supervisor *supervisor, const char *directory)
{
	g_autoptr(GError) error = NULL;
	struct spool_place *place = spool_place_open(directory, &error);

	if (place != NULL && !handoff_sweep(supervisor->state, place, SWEEP_AGE, &error))
		log_line(LOG_WARNING, "%s", error->message);
	if (place != NULL)
		spool_place_unref(place);
}

static void
sweep_queues(struct supervisor *supervisor)
{
	const GPtrArray *directories = watch_directories(supervisor->watch);

	for (unsigned i = 0; i < directories->len; i++)
		sweep(supervisor, g_ptr_array_index(directories, i));
	sweep(supervisor, outgoing_queue_dir_for(NULL));
}

static void
go_on_scanning(struct supervisor *supervisor)
{
	if (!supervisor->scanning || watch_scan_step(supervisor->watch, SCAN_STEP))
		return;
	ledger_scan_end(supervisor->ledger);
	supervisor->scanning = false;
	if (!supervisor->scanned_once)
		sweep_queues(supervisor);
	supervisor->scanned_once = true;
	supervisor->next_scan = g_get_monotonic_time() + scan_interval();
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
	if (!handoff_recover(supervisor->state, sync, &finished, &pending, &error)) {
		log_line(LOG_ERR, "recovery: %s", error->message);
		supervisor->next_recovery = g_get_monotonic_time() + scan_interval();
		return;
	}
	supervisor->done += ledger_recovered(supervisor->ledger, finished, pending);
	if (pending->len > 0)
		supervisor->next_recovery = g_get_monotonic_time() + scan_interval();
}

/* -- workers */

static void
close_in_child(void *data)
{
	struct supervisor *supervisor = data;

	for (unsigned i = 0; i < crew_count(supervisor->crew); i++)
		fd_close(&crew_slot(supervisor->crew, i)->socket);
	fd_close(&supervisor->signals);
	watch_free(supervisor->watch);
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
	supervisor->done += ledger_settle(supervisor->ledger, job, report);
	take_kicks(supervisor, slot, report);
	if (ledger_pending(supervisor->ledger) > 0 && supervisor->next_recovery == G_MAXINT64)
		supervisor->next_recovery = g_get_monotonic_time() + scan_interval();
	report_free(report);
}

static void
worker_ended(struct supervisor *supervisor, struct slot *slot, int status, gint64 now)
{
	g_autofree char *doing = board_text(slot->board);
	bool started = slot->board->started, in_function = slot->board->function[0] != '\0';
	int at = slot->board->item;

	/* Its last report may still be on the way. */
	if (slot->job != NULL && slot->socket >= 0)
		take_report(supervisor, slot);
	g_autoptr(GPtrArray) job = slot_bury(slot);

	if (status == 0) {
		/* It ended by itself; a job that crossed with that was not begun. */
		if (job != NULL)
			ledger_return(supervisor->ledger, job);
		return;
	}
	lines_child_exit(WEXITSTATUS(status), status & 0xff);
	crew_note_death(slot, now);
	recover(supervisor);
	if (job != NULL || in_function || !started)
		log_line(LOG_WARNING,
		    "a worker ended while it was %s; %u messages were in its hands", doing,
		    job != NULL && started ? job->len : 0);
	if (job == NULL)
		return;
	if (started)
		ledger_suspect(supervisor->ledger, job, at);
	else
		ledger_return(supervisor->ledger, job);
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

/* How many messages to offer: the worker takes as many of them as the limits for their kinds and sizes allow. */
static unsigned
batch_most(void)
{
	gint64 scanned = max_unsafe_messages_per_scan_for(NULL);
	gint64 unscanned = max_unscanned_messages_per_scan_for(NULL);

	return (unsigned)CLAMP(MAX(scanned, unscanned), 1, 10000);
}

static bool
may_give(const struct supervisor *supervisor)
{
	if (supervisor->stopping)
		return false;
	/* At the start all are found first, so that the oldest goes first, unless there are so many that order doesn't count. */
	return supervisor->scanned_once || ledger_is_long(supervisor->ledger);
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
take_configuration(struct supervisor *supervisor, const char *old_state)
{
	if (supervisor->options->reloaded != NULL)
		supervisor->options->reloaded(supervisor->options->data);
	lines_reading_configuration(supervisor->options->config_path);
	if (strcmp(old_state, state_dir_for(NULL)) != 0)
		log_line(LOG_WARNING, "State Dir changes with the next start only");
	ledger_reconfigure(supervisor->ledger);
	crew_retire_all(supervisor->crew);
	if (open_watch(supervisor))
		start_scan(supervisor);
}

static void
reload(struct supervisor *supervisor)
{
	struct diagnostics *diagnostics = diagnostics_new();

	sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%" G_GINT64_FORMAT, g_get_monotonic_time());
	struct config *config = config_load(
	    supervisor->options->config_path, supervisor->options->overrides, diagnostics);
	g_autofree char *old_state = g_strdup(state_dir_for(NULL));

	if (config != NULL)
		config_adopt(config, diagnostics);
	log_diagnostics(diagnostics);
	diagnostics_free(diagnostics);
	if (config == NULL)
		log_line(LOG_ERR, "reload refused: the old configuration stays in force");
	else
		take_configuration(supervisor, old_state);
	sd_notify(0, "READY=1");
}

static void
stop(struct supervisor *supervisor, gint64 now)
{
	if (supervisor->stopping)
		return;
	supervisor->stopping = true;
	supervisor->grace_ends = now + seconds(MAX(1, worker_grace_period_for(NULL)));
	sd_notify(0, "STOPPING=1");
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
	if (crew_is_hopeless(supervisor->crew))
		return true;
	return supervisor->scanned_once && !supervisor->scanning &&
	       !crew_any_job(supervisor->crew) && programs_busy(supervisor->programs) == 0 &&
	       ledger_next_due(supervisor->ledger, now) > now + ONCE_PATIENCE;
}

static gint64
next_wake(struct supervisor *supervisor, gint64 now)
{
	gint64 next = supervisor->scanning ? now : supervisor->next_scan;

	next = MIN(next, supervisor->next_recovery);
	next = MIN(next, supervisor->next_watchdog);
	next = MIN(next, programs_expire(supervisor->programs, now));
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
	inputs[n + 1] = (struct pollfd){ .fd = watch_fd(supervisor->watch), .events = POLLIN };
	if (ppoll(inputs, n + 2, &timeout, NULL) <= 0)
		return;
	for (unsigned i = 0; i < n; i++) {
		if (inputs[i].revents != 0)
			take_report(supervisor, crew_slot(supervisor->crew, i));
	}
	if (inputs[n + 1].revents != 0 && !watch_read(supervisor->watch))
		start_scan(supervisor);
}

static void
tell_systemd(struct supervisor *supervisor, gint64 now)
{
	uint64_t period;

	if (supervisor->next_watchdog > now)
		return;
	supervisor->next_watchdog = G_MAXINT64;
	sd_notifyf(0, "STATUS=%u messages handed over, %u in the incoming queues", supervisor->done,
	    ledger_count(supervisor->ledger));
	if (sd_watchdog_enabled(0, &period) > 0) {
		sd_notify(0, "WATCHDOG=1");
		supervisor->next_watchdog = now + (gint64)period / 2;
	} else if (getenv("NOTIFY_SOCKET") != NULL) {
		supervisor->next_watchdog = now + seconds(10);
	}
}

static void
end_grace(struct supervisor *supervisor, gint64 now)
{
	if (!supervisor->stopping || now < supervisor->grace_ends)
		return;
	log_line(LOG_WARNING, "Worker Grace Period is over: workers that are not done are ended");
	crew_kill_all(supervisor->crew);
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
		if (!supervisor->scanning && now >= supervisor->next_scan)
			start_scan(supervisor);
		go_on_scanning(supervisor);
		crew_keep(supervisor->crew, wanted_workers(supervisor), now);
		give_work(supervisor, now);
		tell_systemd(supervisor, now);
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

/* One batch without any other process. */
static void
do_one_batch(struct supervisor *supervisor)
{
	struct board board = { .started = true };
	g_autoptr(GError) error = NULL;
	unsigned waiting;

	while (!supervisor->scanned_once)
		go_on_scanning(supervisor);
	g_autoptr(GPtrArray) items =
	    ledger_take(supervisor->ledger, batch_most(), g_get_monotonic_time(), &waiting);
	if (items == NULL)
		return;
	struct context context = {
		.format = supervisor->format,
		.places = spool_places_new(),
		.journal = journal_open(supervisor->state, "worker-0", &error),
		.board = &board,
	};
	if (context.journal == NULL) {
		log_line(LOG_ERR, "%s", error->message);
		spool_places_free(context.places);
		return;
	}
	struct functions *functions = worker_start_functions(&board);
	struct job *job = job_new(waiting);
	for (unsigned i = 0; i < items->len; i++) {
		const struct item *item = g_ptr_array_index(items, i);

		job_add(job, item->directory, item->id, item->attempts, false);
	}
	struct report *report = worker_do(&context, job);
	supervisor->done += ledger_settle(supervisor->ledger, items, report);
	for (unsigned i = 0; i < report->kicks->len; i++)
		programs_kick(supervisor->programs, g_ptr_array_index(report->kicks, i), -1);
	while (programs_busy(supervisor->programs) > 0) {
		int status;
		pid_t pid = waitpid(-1, &status, 0);

		programs_ended(supervisor->programs, pid, status);
	}
	report_free(report);
	job_free(job);
	functions_end(functions);
	journal_close(context.journal);
	spool_places_free(context.places);
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
note_suspect(const char *directory, const char *id, void *data)
{
	ledger_note_suspect(data, directory, id);
}

/* 0, or an exit status. */
static int
set_up(struct supervisor *supervisor)
{
	g_autoptr(GError) error = NULL;
	bool run = supervisor->options->mode == SUPERVISOR_RUN;

	supervisor->format = spool_format_named(table_word_text(mta_for(NULL)));
	if (supervisor->format == NULL) {
		log_line(LOG_ERR, "MTA = %s: no such queue format is known",
		    table_word_text(mta_for(NULL)));
		return EX_CONFIG;
	}
	supervisor->state = daemon_state(&error);
	if (supervisor->state == NULL || (run && !daemon_write_pid_file(&error)) ||
	    !daemon_drop_privileges(&error)) {
		log_line(LOG_ERR, "%s", error->message);
		return exit_status_of(error);
	}
	if (!open_signals(supervisor)) {
		log_line(LOG_ERR, "signalfd: %s", g_strerror(errno));
		return EX_OSERR;
	}
	supervisor->ledger = ledger_open();
	slot_read_notes(supervisor->state, note_suspect, supervisor->ledger);
	supervisor->crew =
	    crew_new(supervisor->format, supervisor->state, close_in_child, supervisor);
	recover(supervisor);
	if (!open_watch(supervisor))
		return EX_CONFIG;
	start_scan(supervisor);
	return 0;
}

static void
tear_down(struct supervisor *supervisor)
{
	if (supervisor->state != NULL)
		slot_clear_notes(supervisor->state);
	crew_free(supervisor->crew);
	watch_free(supervisor->watch);
	ledger_close(supervisor->ledger);
	programs_free(supervisor->programs);
	/* Signals stay blocked: a second SIGTERM changes nothing any more. */
	fd_close(&supervisor->signals);
	if (supervisor->state != NULL)
		spool_place_unref(supervisor->state);
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
		daemon_ready(ready);
		sd_notify(0, "READY=1");
		loop(supervisor);
	}
	if (supervisor->options->mode == SUPERVISOR_RUN)
		daemon_remove_pid_file();
	else if (ledger_count(supervisor->ledger) + ledger_pending(supervisor->ledger) > 0)
		return EX_TEMPFAIL;
	return 0;
}

int
supervisor_run(const struct supervisor_options *options)
{
	g_autoptr(GError) error = NULL;
	int ready = options->background ? daemon_background(&error) : -1;
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
