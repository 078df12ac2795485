/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_READER_PROCESS_H
#define CORE_READ_READER_PROCESS_H
/*
 * The reader process itself. It answers frames (core/read/frames.h) until its socket ends:
 *
 *	FRAME_READ      text { "brief": {...}, "offset": of the body in its file, "size": of the body }, bytes: the header fields
 *	FRAME_FACTS     text: facts in compact form; empty when they are too long for a frame. Bytes: where the message could not be
 *	                had at all, why; the text is empty then
 *	FRAME_CONTENTS  the same, with "parts": [numbers] and "form": number of the form
 *	FRAME_WRITTEN   text: a digit for each part, 1 where it was written; bytes as above
 *
 * and first of all says FRAME_READY: in the text what the kernel lacks (sandbox_enter()), or in the bytes why it can't work.
 */
#include <glib.h>
#include <stdint.h>
#include <sys/types.h>

/* The whole life of the process, just forked by `parent`. `memory`: bytes that it may use; 0: no limit. */
void reader_process_run(int socket, pid_t parent, uint64_t memory) G_GNUC_NORETURN;

#endif
