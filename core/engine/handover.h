/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ENGINE_HANDOVER_H
#define CORE_ENGINE_HANDOVER_H
/*
 * The last stage: what was decided about the messages of a batch is made final, all at once, and said in the log.
 */
#include "core/engine/batch.h"

void handover(struct batch *batch);

#endif
