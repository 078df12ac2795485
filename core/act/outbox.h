/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ACT_OUTBOX_H
#define CORE_ACT_OUTBOX_H
/*
 * Mail of our own that goes out because of messages in a batch: it is on disk before the batch is handed over, and is sent when
 * the messages that it is about have left the incoming queue. After a crash the supervisor sends what is still there, for messages
 * that are gone; one that still lies in its queue is worked again and makes its mail again.
 *
 *	outbox_add()      while fates are decided
 *	outbox_store()    before the hand-over; without items it does nothing
 *	outbox_send()     after it
 *
 * A file is renamed before its first mail is given away. One that a crash left in that state may have been sent, so it is not
 * sent again: it stays for people, and the log names it. So nothing is sent twice, and nothing is lost without a word. Mail about
 * a message that is decided but could not be moved yet goes into a file of its own, for a later recovery; so does mail that the mail
 * program refused, OUTBOX_TRIES times in all: that file's time of modification is when it is to be tried again, after Queue Scan
 * Interval, and then twice as long each time (by default six hours in all). (Notices are tried once: the log and the quarantine say
 * the same.)
 *
 * An item is a JSON object: "directory" and "id" of the message, "kind", and by kind
 *	mail     "what" (for the log: "sender warning" ...), "command", "sender", "recipients", "text", and "tries" that have failed
 *	notice   what core/act/notice.h puts there
 */
#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

#define OUTBOX_TRIES 13

struct outbox;

struct outbox *outbox_new(void);
/* Items that were not sent are forgotten; a file that was stored stays. */
void outbox_free(struct outbox *outbox);

/* The item is taken over; NULL is allowed. */
void outbox_add(struct outbox *outbox, json_t *item);

/* Puts all items into a new file "outbox-..." of the state directory, on disk. SPOOL_ERROR_IO: nothing is stored. */
bool outbox_store(struct outbox *outbox, int state, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Is there a file of it? */
bool outbox_is_stored(const struct outbox *outbox);

/* What is to become of mail about a message. */
enum outbox_fate {
	OUTBOX_FORGET, /* it is still to be decided about: its mail will be made again */
	OUTBOX_SEND,   /* it has left the incoming queue */
	OUTBOX_KEEP,   /* it is decided, and will leave */
};
typedef enum outbox_fate outbox_judge(const char *directory, const char *id, void *data);

/* What was sent, by kind of mail. */
struct outbox_counts {
	unsigned notices;  /* messages that notices told of */
	unsigned warnings; /* sender warnings */
};

/* Sends what is to be sent, keeps what is to be kept, and removes the file. What can't be sent is logged. */
void outbox_send(struct outbox *outbox, int state, outbox_judge *judge, void *data,
    struct outbox_counts *counts);

/* When the next file that nobody has in hands is to be sent, in seconds since the epoch; G_MAXINT64 where there is none. */
gint64 outbox_due(int state);

/*
 * What earlier processes left in the state directory and is to be sent, of struct outbox, the caller's; files of running workers
 * (which hold a lock on theirs) are left out. All is judged here, so it is to be called while no worker has such a message.
 */
GPtrArray *outbox_take(int state, outbox_judge *judge, void *data);
/* Sends these. Returns how many mails went out. */
unsigned outbox_send_taken(const GPtrArray *taken, int state);

#endif
