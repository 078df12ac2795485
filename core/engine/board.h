/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ENGINE_BOARD_H
#define CORE_ENGINE_BOARD_H
/*
 * What a worker is doing just now, in memory that it shares with its supervisor: when the worker dies, the supervisor
 * reads here which message it had in hand. Written without system calls.
 */
#include <glib.h>
#include <stdatomic.h>
#include "core/plugin/functions.h"

enum {
	BOARD_BATCH = -1,   /* at work on the batch, on no single message */
	BOARD_NOTHING = -2, /* not at work: a job that was given is not begun */
};

struct board {
	_Atomic(const char *) stage; /* a string constant (both processes have the same program) */
	atomic_int item;	     /* index in the job, or one of the above */
	char function[FUNCTIONS_NAME_SIZE]; /* the custom function that it is in; "": none */
};

static inline void
board_note(struct board *board, const char *stage, int item)
{
	atomic_store_explicit(&board->stage, stage, memory_order_relaxed);
	atomic_store_explicit(&board->item, item, memory_order_relaxed);
}

/* "planning headers, in custom function Name". The caller's. */
static inline char *
board_text(const struct board *board)
{
	const char *stage = board->stage;

	if (board->function[0] == '\0')
		return g_strdup(stage);
	return g_strdup_printf(
	    "%s, in custom function %.*s", stage, FUNCTIONS_NAME_SIZE - 1, board->function);
}

#endif
