/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ENGINE_JOB_H
#define CORE_ENGINE_JOB_H
/*
 * What supervisor and worker say to each other: a job is a list of messages that may be taken, a report says what
 * became of each. Both travel as one frame, a length and a serialised GVariant, over a stream socket.
 */
#include <glib.h>
#include <stdbool.h>

struct job_item {
	const char *directory; /* queue directory, interned */
	char *id;
	unsigned attempt; /* 0: nothing is held against it; else which attempt this is */
	bool give_up;	  /* too many attempts: store it, don't scan it */
};

struct job {
	unsigned waiting; /* messages in the incoming queues, these included */
	GPtrArray *items; /* of struct job_item, oldest first */
};

enum result {
	RESULT_NOT_TAKEN, /* the batch was full */
	RESULT_DONE,	  /* it has left the incoming queue */
	RESULT_BUSY,	  /* locked by another process */
	RESULT_GONE,	  /* no longer there */
	RESULT_BAD,	  /* not of the queue format */
	RESULT_HELD,	  /* held back by its MTA or operator */
	RESULT_LEFT,	  /* stays queued, to be tried again */
	RESULT_GIVEN_UP,  /* stays queued, not to be tried again */
	RESULT_PENDING,	  /* decided and journalled, not yet moved */
};

struct report_item {
	enum result result;
	char *why; /* NULL: nothing to say */
};

/* One call of an MTA: deliver these from that queue. */
struct kick {
	char *command;	/* `Sendmail2` */
	char *queue;	/* outgoing queue directory */
	GPtrArray *ids; /* of char * */
	bool wait; /* the worker goes on only when it has ended (`Deliver In Background` = no) */
};

struct report {
	GPtrArray *items; /* of struct report_item, as many as the job's and in their order */
	GPtrArray *kicks; /* of struct kick */
};

struct job *job_new(unsigned waiting);
void job_free(struct job *job);
void job_add(
    struct job *job, const char *directory, const char *id, unsigned attempt, bool give_up);

/* A report on `items` messages, each RESULT_NOT_TAKEN. */
struct report *report_new(unsigned items);
void report_free(struct report *report);
/* `why` is copied. */
void report_set(struct report *report, unsigned item, enum result result, const char *why);
/* The kick for this command and queue, made where there is none yet. Borrowed. */
struct kick *report_kick(struct report *report, const char *command, const char *queue);

GVariant *job_pack(const struct job *job);
struct job *job_unpack(GVariant *packed);
GVariant *report_pack(const struct report *report);
struct report *report_unpack(GVariant *packed);

/* Writes one frame, all of it; false when the other side has gone. The variant is consumed. */
bool frame_send(int fd, GVariant *content);
/* Waits for one frame of the given type; NULL at the end, or when what came is no such frame. */
GVariant *frame_receive(int fd, const char *type);

#define JOB_TYPE "(ua(ssub))"
#define REPORT_TYPE "(a(us)a(ssasb))"

#endif
