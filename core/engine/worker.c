/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A worker sleeps in read(); everything it needs for a batch comes with the job. It never outlives its supervisor: the
 * kernel kills it then, and the next supervisor finishes what its journal holds.
 */
#include "core/engine/worker.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sysexits.h>
#include <unistd.h>

#include "core/check/phishing.h"
#include "core/engine/pipeline.h"
#include "core/engine/tell.h"
#include "core/log/lines.h"
#include "core/log/log.h"
#include "core/read/reader.h"
#include "rules/directives.h"

static volatile sig_atomic_t stop_signal;

static void
note_signal(int number)
{
	stop_signal = number;
}

static void
take_signals(void)
{
	struct sigaction stop = { .sa_handler = note_signal };
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	sigset_t blocked;

	sigaction(SIGTERM, &stop, NULL);
	sigaction(SIGHUP, &stop, NULL);
	/* Ctrl-C at a terminal reaches all processes; the supervisor says what is to be done. */
	sigaction(SIGINT, &ignore, NULL);
	sigaction(SIGPIPE, &ignore, NULL);
	/* Let in only while nothing is in hand, so no batch is interrupted. */
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGTERM);
	sigaddset(&blocked, SIGHUP);
	sigprocmask(SIG_SETMASK, &blocked, NULL);
}

/* False when a signal asks the worker to stop. */
static bool
wait_for_job(int socket)
{
	struct pollfd input = { .fd = socket, .events = POLLIN };
	sigset_t none;

	sigemptyset(&none);
	while (stop_signal == 0) {
		if (ppoll(&input, 1, NULL, &none) > 0)
			return true;
	}
	return false;
}

struct report *
worker_do(const struct context *context, const struct job *job, struct telling **telling)
{
	struct report *report = report_new(job->items->len);

	spool_places_refresh(context->places);
	struct batch *batch = batch_form(context, job, report);

	pipeline_run(batch);
	*telling = g_steal_pointer(&batch->telling);
	batch_free(batch);
	return report;
}

static bool
serve(const struct context *context, int socket)
{
	g_autoptr(GVariant) frame = frame_receive(socket, JOB_TYPE);

	if (frame == NULL)
		return false;
	struct job *job = job_unpack(frame);
	struct telling *telling;
	struct report *report = worker_do(context, job, &telling);
	bool sent = frame_send(socket, report_pack(report));

	tell_send(telling, context);
	board_note(context->board, "waiting for messages", BOARD_NOTHING);

	report_free(report);
	job_free(job);
	return sent;
}

struct functions *
worker_start_functions(struct board *board)
{
	struct diagnostics *diagnostics = diagnostics_new();
	struct functions *functions = functions_start(board->function, diagnostics);

	log_diagnostics(diagnostics);
	diagnostics_free(diagnostics);
	return functions;
}

int
worker_run(int socket, struct board *board, const struct spool_format *format,
    struct spool_place *state, unsigned slot, pid_t supervisor)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *name = g_strdup_printf("worker-%u", slot);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* It may have ended before that call. */
	if (getppid() != supervisor)
		return EX_OSERR;
	take_signals();
	lines_starting(VERSION);
	struct context context = {
		.format = format,
		.places = spool_places_new(),
		.board = board,
		.reader = reader_start(false, &error),
		.state = state->fd,
	};
	if (context.reader != NULL)
		context.journal = journal_open(state, name, &error);
	if (context.journal == NULL) {
		log_line(LOG_ERR, "%s", error->message);
		reader_stop(context.reader);
		spool_places_free(context.places);
		return EX_OSERR;
	}
	lines_lock_type("posix");
	check_phishing_prepare();
	context.functions = worker_start_functions(board);
	board_note(board, "waiting for messages", BOARD_NOTHING);
	while (wait_for_job(socket) && serve(&context, socket))
		;
	if (stop_signal != 0)
		lines_child_signal(stop_signal == SIGHUP ? "HUP" : "TERM");
	pipeline_log_times();
	functions_end(context.functions);
	tell_wait();
	reader_stop(context.reader);
	journal_close(context.journal);
	spool_places_free(context.places);
	return 0;
}
