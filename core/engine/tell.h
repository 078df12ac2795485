/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ENGINE_TELL_H
#define CORE_ENGINE_TELL_H
/*
 * Telling people of what was found in a batch: sender warnings and notices. They are on disk before the batch is handed over
 * and go out after it, from a process of their own, so that a mail program that hangs delays no batch.
 */
#include <sys/types.h>
#include "core/engine/batch.h"
#include "spool/spool.h"

/* Stage before the hand-over: collects and stores. Where that fails the messages that people were to be told of stay queued. */
void tell_prepare(struct batch *batch);

/* After the hand-over: notes which messages are decided, so that tell_send() can do without the batch. */
void tell_note(struct batch *batch);

/*
 * Sends what the batch left, in a child process; the worker waits for it only in tell_wait(), at its end. The outbox is taken over.
 */
void tell_send(struct telling *telling, int state);
void tell_wait(void);

/* What an earlier process left in the state directory, in a child process that nobody waits for. `wait`: here and now instead. */
void tell_recover(const struct spool_format *format, int state, bool wait);

struct telling *telling_new(void);
void telling_free(struct telling *telling);

#endif
