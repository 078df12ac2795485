/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A scan of a long queue is done in steps, between which work is given out and reports are taken.
 *
 * Sweeping is for what crashes left, which is rare, and looks at whole directories, so it is done seldom: with the first scan, and
 * again after as long as a file must be old to be swept. What the last crash left is then old enough.
 */
#include "core/engine/intake.h"

#include <string.h>

#include "core/act/release.h"
#include "core/log/log.h"
#include "rules/config.h"
#include "rules/directives.h"
#include "spool/watch.h"

#define SCAN_STEP 4096 /* names looked at between two looks at everything else */
/* Seconds. What is younger may just be being made; what is in use after that is locked. */
#define SWEEP_AGE 10
#define SWEEP_SOON 60
#define SWEEP_PAUSE 3600

struct intake {
	const struct spool_format *format;
	struct spool_place *state;
	struct ledger *ledger;
	const char *only_id;
	struct watch *watch;
	gint64 next_scan;
	gint64 next_sweep;
	enum watch_means means;
	gint64 scan_begun, scanned;
	bool scanning;
	bool complete;
};

struct intake *
intake_new(const struct spool_format *format, struct spool_place *state, struct ledger *ledger,
    enum watch_means means, const char *only_id)
{
	struct intake *intake = g_new0(struct intake, 1);

	intake->format = format;
	intake->state = state;
	intake->ledger = ledger;
	intake->means = means;
	intake->only_id = only_id;
	return intake;
}

void
intake_free(struct intake *intake)
{
	if (intake == NULL)
		return;
	watch_free(intake->watch);
	g_free(intake);
}

static void
found(const char *directory, const struct spool_name *name, void *data)
{
	struct intake *intake = data;

	if (intake->only_id != NULL && strcmp(intake->only_id, name->id) != 0)
		return;
	if (name->control)
		ledger_found(intake->ledger, directory, name->id, name->received);
	else
		ledger_closed(intake->ledger, directory, name->id);
}

static void
start_scan(struct intake *intake)
{
	intake->scan_begun = g_get_monotonic_time();
	watch_scan_start(intake->watch);
	ledger_scan_begin(intake->ledger);
	intake->scanning = true;
}

bool
intake_open(struct intake *intake)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) queues = config_incoming_queues(config_current(), &error);

	if (queues == NULL) {
		log_line(LOG_ERR, "Incoming Queue Dir: %s", error->message);
		return false;
	}
	watch_free(intake->watch);
	intake->watch = watch_new(intake->format, intake->means, queues, found, intake, &error);
	if (error != NULL)
		log_line(LOG_WARNING, "%s; new mail is found by scanning only", error->message);
	start_scan(intake);
	return true;
}

int
intake_fd(const struct intake *intake)
{
	return watch_fd(intake->watch);
}

void
intake_read(struct intake *intake)
{
	/* False: something may have been missed. */
	if (!watch_read(intake->watch))
		start_scan(intake);
}

static void
sweep(struct intake *intake, const char *directory)
{
	g_autoptr(GError) error = NULL;
	struct spool_place *place = spool_place_open(directory, &error);

	if (place != NULL && !handoff_sweep(intake->state, place, SWEEP_AGE, &error))
		log_line(LOG_WARNING, "%s", error->message);
	if (place != NULL)
		spool_place_unref(place);
}

static void
sweep_queues(struct intake *intake)
{
	const GPtrArray *directories = watch_directories(intake->watch);
	const char *outgoing = outgoing_queue_dir_for(NULL);

	for (unsigned i = 0; i < directories->len; i++)
		sweep(intake, g_ptr_array_index(directories, i));
	sweep(intake, outgoing);
	g_autoptr(GDir) listing = g_dir_open(outgoing, 0, NULL);
	for (const char *name = listing != NULL ? g_dir_read_name(listing) : NULL; name != NULL;
	     name = g_dir_read_name(listing)) {
		g_autofree char *path = g_build_filename(outgoing, name, NULL);

		if (intake->format->is_subdirectory != NULL &&
		    intake->format->is_subdirectory(name))
			sweep(intake, path);
	}
}

static void
end_scan(struct intake *intake, gint64 now)
{
	gint64 interval = CLAMP(queue_scan_interval_for(NULL), 1, G_MAXINT);

	ledger_scan_end(intake->ledger);
	intake->scanning = false;
	intake->complete = true;
	intake->scanned = intake->scan_begun;
	intake->next_scan = g_get_monotonic_time() + interval * G_USEC_PER_SEC;
	release_recover(intake->state);
	if (now < intake->next_sweep)
		return;
	/* Once more soon after the start, when what a crash has just left is old enough. */
	bool first = intake->next_sweep == 0;
	sweep_queues(intake);
	intake->next_sweep = now + (first ? SWEEP_SOON : SWEEP_PAUSE) * G_USEC_PER_SEC;
}

void
intake_go_on(struct intake *intake, gint64 now)
{
	if (!intake->scanning && now >= intake->next_scan)
		start_scan(intake);
	if (intake->scanning && !watch_scan_step(intake->watch, SCAN_STEP))
		end_scan(intake, now);
}

gint64
intake_next(const struct intake *intake, gint64 now)
{
	return intake->scanning ? now : intake->next_scan;
}

bool
intake_is_complete(const struct intake *intake)
{
	return intake->complete;
}

bool
intake_is_scanning(const struct intake *intake)
{
	return intake->scanning;
}

gint64
intake_scanned(const struct intake *intake)
{
	return intake->scanned;
}

void
intake_rescan(struct intake *intake)
{
	intake->next_scan = 0;
}
