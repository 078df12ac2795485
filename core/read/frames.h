/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_FRAMES_H
#define CORE_READ_FRAMES_H
/*
 * Frames between the worker and its reader process, over a stream socket of the local family: a text (JSON), bytes that belong
 * to it, and descriptors (SCM_RIGHTS).
 *
 *	uint32 kind, uint32 length of the text, uint64 length of the bytes, the text, the bytes
 *
 * in the byte order of the machine. Descriptors come with the first byte.
 */
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

enum frame_kind {
	FRAME_READY, /* from the process, once: what it is and isn't held back by */
	FRAME_READ,  /* a brief, and the fields of the header; the body's descriptor */
	FRAME_CONTENTS, /* the same, and what parts are wanted; a descriptor for each of them behind the body's */
	FRAME_FACTS,   /* the answer to FRAME_READ */
	FRAME_WRITTEN, /* the answer to FRAME_CONTENTS */
	FRAME_KINDS
};

#define FRAME_TEXT_MAX (32u << 20)
#define FRAME_BYTES_MAX (UINT64_C(256) << 20)
#define FRAME_FDS_MAX 250 /* the kernel takes 253 */

struct frame {
	uint32_t kind;
	GString *text;	/* owned */
	GString *bytes; /* owned */
	int fds[FRAME_FDS_MAX];
	unsigned fd_count; /* those from here on are not set; all are owned */
};

void frame_init(struct frame *frame);
/* Frees, and closes what fds are left. */
void frame_clear(struct frame *frame);

/* Closes the descriptors that came with the frame. Done anyway by the next frame_take() and by frame_clear(). */
void frame_close_descriptors(struct frame *frame);

enum frame_end {
	FRAME_DONE,
	FRAME_CLOSED,  /* the other side has gone */
	FRAME_LATE,    /* it did not come, or was not taken, by the deadline */
	FRAME_ODD,     /* no frame of ours, or too large */
	FRAME_REFUSED, /* the system did not do it (errno) */
};

/* Sends one frame. `deadline` is in g_get_monotonic_time(); G_MAXINT64: none. */
enum frame_end frame_put(int socket, enum frame_kind kind, const char *text, size_t text_length,
    const char *bytes, size_t bytes_length, const int *fds, unsigned fd_count, gint64 deadline);

/* Receives one; what was in the frame before is gone. */
enum frame_end frame_take(int socket, struct frame *frame, gint64 deadline);

#endif
