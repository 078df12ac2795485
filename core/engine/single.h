/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ENGINE_SINGLE_H
#define CORE_ENGINE_SINGLE_H
/*
 * One batch in this very process, for debugging.
 */
#include "core/engine/ledger.h"
#include "core/engine/programs.h"
#include "spool/spool.h"

/*
 * Takes the next batch from the ledger, works it, settles it, and starts the kicks (their end is the caller's to wait for). Returns how
 * many messages have left the queue.
 */
unsigned single_batch(const struct spool_format *format, struct spool_place *state,
    struct ledger *ledger, struct programs *programs);

#endif
