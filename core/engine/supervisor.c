/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One loop around poll(): signals (signalfd), the queue watch (inotify), the workers' sockets, and the next point in time
 * at which something is due. Each wake-up handles what has come, then hands batches to whoever is idle.
 *
 * Everything that must survive this process is on disk: the journals (spool/handoff.h), the notes of what is in work (slot.h), the
 * attempts of messages that ended their worker (attempts.h). So its start is the same whether the last one ended well or not.
 */
#include "core/engine/supervision.h"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sysexits.h>
#include <unistd.h>

#include "core/engine/adopt.h"
#include "core/engine/batch.h"
#include "core/engine/daemon.h"
#include "core/engine/reload.h"
#include "core/engine/single.h"
#include "core/log/log.h"
#include "rules/directives.h"
#include "rules/table.h"

#define ONCE_PATIENCE \
	(G_USEC_PER_SEC / 4) /* how long `once` waits for a message that is locked just now */

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
	supervisor->grace_ends = now + supervisor_seconds(MAX(1, worker_grace_period_for(NULL)));
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
	if (supervisor->options->mode == SUPERVISOR_RUN)
		next = MIN(next, supervisor->next_mail);
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
	gint64 wait = CLAMP(wake - now, 0, supervisor_seconds(3600));
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
			supervisor_take_report(supervisor, crew_slot(supervisor->crew, i));
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
		supervisor_reap(supervisor, now);
		if (supervisor->stopping && !crew_any_worker(supervisor->crew))
			return;
		end_grace(supervisor, now);
		crew_kill_stuck(supervisor->crew, now);
		crew_retire_old(supervisor->crew, now);
		if (now >= supervisor->next_recovery)
			supervisor_recover(supervisor);
		supervisor_try_mail(supervisor, now);
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
		supervisor_reap(supervisor, now);
	}
}

static int
work(struct supervisor *supervisor, int ready)
{
	int status = supervisor_set_up(supervisor);

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
	supervisor_tear_down(&supervisor);
	return status;
}
