/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ENGINE_BATCHLOG_H
#define CORE_ENGINE_BATCHLOG_H
/* The log lines at the end of a batch: what became of each message, and the counts that tools read. */
#include "core/engine/batch.h"

/* Logs all of it. To be called when fates and results are final. */
void batchlog_end(const struct batch *batch);

#endif
