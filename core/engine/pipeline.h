/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ENGINE_PIPELINE_H
#define CORE_ENGINE_PIPELINE_H
/*
 * What happens to a batch, stage by stage. The table in pipeline.c is the whole story.
 */
#include "core/engine/batch.h"

/* Sends the batch through all stages; afterwards its report says what became of each message. */
void pipeline_run(struct batch *batch);

/* `Log Stage Times`: what each stage has taken in this process so far, wall clock, a line each. */
void pipeline_log_times(void);

/* Runs the stages that read and find on a single message, and none that would touch it or anything else. */
void pipeline_judge(struct reader *reader, struct message *message);

#endif
