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
#include "core/message/part.h"
#include "rules/subject.h"
#include "spool/spool.h"

/*
 * KIND(id, letter): the letter is MailScanner's report type (v virus, f file name or type, c content, s size, e error, d denial
 * of service); ' ' for findings that are no infection. What follows from which stands in core/act/.
 */
#define FINDING_KINDS(KIND)                                                            \
	KIND(crashes, 'e') /* it has stopped the worker that held it too many times */ \
	KIND(copy, ' ')	   /* a copy of it lies here: the text is a path */            \
	KIND(virus, 'v')                                                               \
	KIND(name, 'f')	     /* a file name that is not allowed */                     \
	KIND(type, 'f')	     /* a file type or MIME type that is not allowed */        \
	KIND(content, 'c')   /* dangerous content: HTML, archives, encryption */       \
	KIND(size, 's')	     /* message or attachment too large or small */            \
	KIND(error, 'e')     /* can't be read or checked: unparsable, partial ... */   \
	KIND(denial, 'd')    /* reading it ended or overran the reader */              \
	KIND(disarm, ' ')    /* HTML to be disarmed: body edits are planned */         \
	KIND(phishing, ' ')  /* a link that says something else than it is */          \
	KIND(rename, ' ')    /* the part is to be renamed: the text is the new name */ \
	KIND(redirect, ' ')  /* the message is to go to the addresses in the text */   \
	KIND(convert, ' ')   /* HTML to be converted to text */                        \
	KIND(ambiguous, ' ') /* mail programs differ on how to read it */              \
	KIND(note, ' ')	     /* worth knowing, without consequence */

enum finding_kind {
#define KIND(id, letter) FINDING_##id,
	FINDING_KINDS(KIND)
#undef KIND
	    FINDING_KIND_COUNT
};

#define FINDING_WHOLE (-1)

enum finding_flag {
	FINDING_DELETE = 1, /* the rule says: don't quarantine this file */
	FINDING_LISTED = 2, /* one of the Deny lists, not a rules file, says so */
};

struct finding {
	enum finding_kind kind;
	int part;     /* number in facts; FINDING_WHOLE: the message as a whole */
	char *source; /* which check says so */
	char *
	    key; /* of the language string that the text is made of, or a name for the case; "" for none */
	char *rule;	/* what decided: "FILE:LINE", or the name of a directive; "" for none */
	char *text;	/* for people: the report, without prefix */
	unsigned flags; /* of enum finding_flag */
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
	EDIT_MEND,	/* every field that only some programs take for one whose name begins so */
	EDIT_TAG_START, /* value and a blank before the field's text, unless it begins so */
	EDIT_TAG_END,	/* a blank and value behind the field's text, unless it ends so */
};

struct edit {
	enum edit_kind kind;
	char *name;		 /* header name, colon or not */
	char *value;		 /* NULL where the kind needs none */
	enum header_place place; /* where a field that is added goes */
};

/*
 * A change of the body. Parts are numbers in facts, of reading 0; positions are bytes of the decoded part (or of its UTF-8 text,
 * where its charset is no superset of ASCII: struct html_facts). Texts are UTF-8; the charset of the part is kept where it has
 * the characters, else the part becomes UTF-8.
 */
enum body_edit_kind {
	BODY_SPLICE, /* `text` in place of the bytes from start to end; insertion where both are equal */
	BODY_REPLACE, /* `content` in place of the part; of part 0: of the whole message */
	BODY_REMOVE,  /* the part goes, and containers that are left empty */
	BODY_RENAME,  /* `text` is its name in Content-Disposition and Content-Type */
	BODY_CONVERT, /* the whole content becomes `text`, the type text/plain */
	BODY_BEFORE, /* `content` becomes the first child of part n, which is made multipart/mixed where it is none */
	BODY_APPEND, /* `content` becomes its last child, likewise */
	BODY_RELATE, /* `content` beside the part in a multipart/related (a picture that its HTML shows) */
	BODY_MEND, /* the part's Content- fields are written anew, so that all programs read them as they were judged */
	BODY_EPILOGUE, /* `text` in place of what stands behind the last boundary of multipart n */
};

/* A position of BODY_SPLICE: behind the last byte of the part. */
#define BODY_END ((size_t)-1)

/* A part of our own. */
struct new_part {
	char *type;	   /* "text/plain" */
	char *charset;	   /* of `bytes`; NULL where it is no text */
	char *name;	   /* NULL for none */
	char *disposition; /* "inline", "attachment" */
	char *content_id;  /* without <>; NULL for none */
	GBytes *bytes;	   /* not encoded; the transfer encoding is chosen by what is in it */
};

struct body_edit {
	enum body_edit_kind kind;
	unsigned part;
	size_t start, end;
	char *text;
	struct new_part *content;
	bool cosmetic;	   /* not worth breaking a signature for (DKIM, S/MIME, PGP) */
	const char *stage; /* who planned it; a string constant */
};

struct message {
	struct spool_entry *entry; /* owned; holds the lock */
	struct subject *subject;   /* owned */
	struct fate fate;
	GPtrArray *findings;	     /* of struct finding, owned */
	GPtrArray *edits;	     /* of struct edit, owned, in the order in which they apply */
	GPtrArray *body_edits;	     /* of struct body_edit, owned, in the order of planning */
	struct facts *facts;	     /* owned; NULL until it was read */
	GPtrArray *added_recipients; /* of char *, owned */
	GPtrArray *copies;	     /* owned; NULL: none that is not settled: core/act/copies.h */
	struct message *shares; /* whose entry this is, where another message owns it; else NULL */
	GPtrArray *
	    recipients; /* of struct recipient of the envelope: those that this message is for, owned array; NULL: all */
	GPtrArray *
	    redirected; /* of struct recipient, owned: who gets it instead of the envelope's recipients; NULL: nobody */
	struct spool_delivery delivery; /* filled when the message is handed over */
};

/*
 * Takes over a claimed and read entry. The subject's client address is the one of the queue file, or of a Received
 * header where `Read IP Address From Received Header` says so.
 */
struct message *message_new(struct spool_entry *entry);
/*
 * A message for some of the recipients (of struct recipient, of the entry of `owner`, which must outlive it): the same bytes, but a
 * subject, findings and a fate of its own.
 */
struct message *message_new_share(struct message *owner, const GPtrArray *recipients);
/* From now on it is for these of its recipients only. */
void message_narrow(struct message *message, const GPtrArray *recipients);

/* Whom it is for: of struct recipient, all of its envelope or those of its share. Borrowed. */
const GPtrArray *message_recipients(const struct message *message);

/* Lets the message's lock go. NULL is allowed. */
void message_free(struct message *message);

/* The queue id. */
const char *message_id(const struct message *message);
/* Envelope sender as in the queue file, "" for the null sender. */
const char *message_sender(const struct message *message);

/* A fact about the message as a whole. `source` and `text` are copied. */
void message_find(
    struct message *message, enum finding_kind kind, const char *source, const char *text);
/* A fact about a part (or FINDING_WHOLE). Strings are copied; NULL counts as "". Borrowed: for flags. */
struct finding *message_find_part(struct message *message, enum finding_kind kind, int part,
    const char *source, const char *key, const char *rule, const char *text);
char finding_letter(enum finding_kind kind);
const char *finding_kind_name(enum finding_kind kind);
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

/* Plans a change of the body. `text` is copied, `content` (may be NULL) taken over. Borrowed: for the rest of its members. */
struct body_edit *message_edit_body(struct message *message, enum body_edit_kind kind,
    unsigned part, const char *text, struct new_part *content, const char *stage);
/* Whether that part, or the whole message, is planned to be replaced or removed. */
bool message_part_goes(const struct message *message, unsigned part);
/* Strings are copied, `bytes` taken over. */
struct new_part *new_part_new(const char *type, const char *charset, const char *name,
    const char *disposition, GBytes *bytes);
/* NULL is allowed. */
void new_part_free(struct new_part *part);

/* A further recipient; an address that is there already (any case) is not added again. */
void message_add_recipient(struct message *message, const char *address);

/* From now on it goes to these addresses (NULL-terminated, blank ones don't count) instead of its recipients; where there is none, nothing changes. */
void message_redirect(struct message *message, const char *const *addresses);

/* Address of the client that the n-th Received header (1 is the topmost) names, or NULL: the caller's. */
char *message_received_address(const struct message *message, unsigned n);

#endif
