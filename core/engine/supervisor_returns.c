/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What comes back: reports, jobs of workers that have ended, decisions that a dead process left in its journal. A death is
 * looked at in this order: the last report, which may still be on the way; the journal; only then is somebody blamed.
 */
#include "core/engine/supervision.h"

#include <sys/wait.h>

#include "core/act/outbox.h"
#include "core/engine/tell.h"
#include "core/log/lines.h"
#include "core/log/log.h"
#include "rules/directives.h"
#include "spool/fd.h"
#include "spool/handoff.h"

/* When to try again what could not be finished. */
static gint64
next_try(void)
{
	return g_get_monotonic_time() +
	       supervisor_seconds(CLAMP(queue_scan_interval_for(NULL), 1, G_MAXINT));
}

void
supervisor_recover(struct supervisor *supervisor)
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
	tell_recover(supervisor->format, supervisor->state->fd, pending,
	    supervisor->options->mode != SUPERVISOR_RUN);
}

void
supervisor_try_mail(struct supervisor *supervisor, gint64 now)
{
	if (supervisor->options->mode != SUPERVISOR_RUN || supervisor->stopping ||
	    now < supervisor->next_mail)
		return;
	supervisor->next_mail = next_try();
	if (outbox_due(supervisor->state->fd) <= g_get_real_time() / G_USEC_PER_SEC)
		supervisor_recover(supervisor);
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

void
supervisor_take_report(struct supervisor *supervisor, struct slot *slot)
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
		supervisor_take_report(supervisor, slot);
	g_autoptr(GPtrArray) job = slot_bury(slot);

	if (status != 0) {
		lines_child_exit(WEXITSTATUS(status), status & 0xff);
		crew_note_death(slot, now);
		supervisor_recover(supervisor);
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

void
supervisor_reap(struct supervisor *supervisor, gint64 now)
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
