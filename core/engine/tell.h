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

/* After the hand-over: notes which messages are decided and moved, so that tell_send() can do without the batch. */
void tell_note(struct batch *batch);

/*
 * Sends what the batch left, in a child process; the worker waits for it only in tell_wait(), at its end. The outbox is taken over.
 */
void tell_send(struct telling *telling, const struct context *context);
void tell_wait(void);

/*
 * What an earlier process left in the state directory. What to do about it is settled here and now, before any worker gets such
 * a message again; it is sent in a child process that nobody waits for, or with `wait` here too. `pending`: struct
 * handoff_trouble of messages that are decided and could not be moved.
 */
void tell_recover(
    const struct spool_format *format, int state, const GPtrArray *pending, bool wait);

struct telling *telling_new(void);
void telling_free(struct telling *telling);

#endif
