/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_MESSAGE_MESSAGE_H
#define CORE_MESSAGE_MESSAGE_H
/*
 * A message on its way through the pipeline: plain data that the stages share.
 *
 * Four nouns. A finding is a fact about the message: appended, never taken back. The fate is what becomes of
 * it: open until one stage settles it. An edit is an intended change: planned by many, applied once, when the
 * message leaves. The outcome of an operation is its bool and GError. No stage keeps a notion of "bad" of its own.
 */
#include <glib.h>
#include <stdbool.h>
#include "rules/subject.h"
#include "spool/spool.h"

enum finding_kind {
	FINDING_CRASHES, /* it has stopped the worker that held it too many times */
	FINDING_COPY,	 /* a copy of it lies here: the text is a path */
};

struct finding {
	enum finding_kind kind;
	char *source; /* which check says so */
	char *text;   /* for people */
};

enum fate_kind {
	FATE_OPEN,    /* not settled yet */
	FATE_PASS,    /* to the outgoing queue, not a byte changed */
	FATE_DELIVER, /* to the outgoing queue with the planned edits */
	FATE_DROP,    /* gone, after everything that it leaves behind is on disk */
	FATE_LEAVE,   /* stays in the incoming queue, to be tried again */
	FATE_HOLD,    /* stays in the incoming queue for people to look at, not to be tried again */
};

struct fate {
	enum fate_kind kind;
	const char *stage; /* who settled it; a string constant */
	char *why;	   /* for the log and for people; NULL when there is nothing to say */
};

enum edit_kind {
	EDIT_HEADER_ADD,     /* another field, whatever is there */
	EDIT_HEADER_REPLACE, /* the only field of its name */
	EDIT_HEADER_APPEND,  /* ", value" behind the value that is there */
	EDIT_HEADER_REMOVE,  /* every field of that name, or that matches /expression/ */
	EDIT_KEEP_FIRST,     /* every field of that name but the first goes */
	EDIT_TAG_START,	     /* value and a blank before the field's text, unless it begins so */
	EDIT_TAG_END,	     /* a blank and value behind the field's text, unless it ends so */
};

struct edit {
	enum edit_kind kind;
	char *name;		 /* header name, colon or not */
	char *value;		 /* NULL where the kind needs none */
	enum header_place place; /* where a field that is added goes */
};

struct message {
	struct spool_entry *entry; /* owned; holds the lock */
	struct subject *subject;   /* owned */
	struct fate fate;
	GPtrArray *findings;	     /* of struct finding, owned */
	GPtrArray *edits;	     /* of struct edit, owned, in the order in which they apply */
	GPtrArray *added_recipients; /* of char *, owned */
	struct spool_delivery delivery; /* filled when the message is handed over */
};

/*
 * Takes over a claimed and read entry. The subject's client address is the one of the queue file, or of a Received
 * header where `Read IP Address From Received Header` says so.
 */
struct message *message_new(struct spool_entry *entry);
/* Lets the message's lock go. NULL is allowed. */
void message_free(struct message *message);

/* The queue id. */
const char *message_id(const struct message *message);
/* Envelope sender as in the queue file, "" for the null sender. */
const char *message_sender(const struct message *message);

/* A fact. `source` and `text` are copied. */
void message_find(
    struct message *message, enum finding_kind kind, const char *source, const char *text);
/* The first finding of that kind, or NULL. */
const struct finding *message_finding(const struct message *message, enum finding_kind kind);

/*
 * Settles the fate; a fate that is settled stays. `stage` is a string constant, the rest a printf format for the reason.
 */
void message_settle(struct message *message, enum fate_kind kind, const char *stage,
    const char *why, ...) G_GNUC_PRINTF(4, 5);
bool message_is_open(const struct message *message);

/*
 * Turns whatever was settled into "leave": for what shows only when the message is about to be handed over and nothing is
 * final yet (no room, a queue that can't be opened, an answer that could not be had). `why` is copied.
 */
void message_leave(struct message *message, const char *stage, const char *why);

/* Plans a change of the header. Strings are copied. */
void message_edit_header(struct message *message, enum edit_kind kind, const char *name,
    const char *value, enum header_place place);

/* A further recipient; an address that is there already (any case) is not added again. */
void message_add_recipient(struct message *message, const char *address);

/* Address of the client that the n-th Received header (1 is the topmost) names, or NULL: the caller's. */
char *message_received_address(const struct message *message, unsigned n);

#endif
