/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ENGINE_EXAMINE_H
#define CORE_ENGINE_EXAMINE_H
/*
 * The stage in which messages are opened.
 */
#include "core/engine/batch.h"

/*
 * Opens all messages whose fate is open, with the context's reader, which reads the next while the facts of one are looked at.
 * Afterwards message->facts is set, or the message is left in the queue because the system could not do it. Where the message ended or
 * overran the reader, the facts are one part that could not be read, and it bears the finding (denial), or with `Ignore Denial Of
 * Service` a note; that is logged.
 */
void examine_batch(struct batch *batch);

#endif
