/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ENGINE_WORKER_H
#define CORE_ENGINE_WORKER_H
/*
 * A worker: takes jobs from a socket, sends each batch through the pipeline, reports. It holds the locks of the messages of
 * one batch at a time.
 */
#include <sys/types.h>
#include "core/engine/batch.h"

/*
 * The whole life of a worker process, forked by the supervisor: returns its exit status when the socket ends (0), on SIGTERM or
 * SIGHUP after the batch in hand (0), or when it can't work (EX_OSERR). `slot` names its journal, `supervisor` is the parent that it
 * must not outlive.
 */
int worker_run(int socket, struct board *board, const struct spool_format *format,
    struct spool_place *state, unsigned slot, pid_t supervisor);

struct telling;

/* functions_start() for a worker: what is wrong is logged. */
struct functions *worker_start_functions(struct board *board);

/*
 * One job. The caller frees the report, and gives `telling` to tell_send() when the report is where it belongs.
 */
struct report *worker_do(
    const struct context *context, const struct job *job, struct telling **telling);

#endif
