/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_READER_H
#define CORE_READ_READER_H
/*
 * The reader process, seen by the worker that owns it: messages go in as descriptors, facts come out as text that is checked
 * before anything believes it. The process has no network, no other programs, and no file system. Whatever kills or stops it
 * costs the message in hand, which bears the finding; the next message has another process.
 */
#include "core/message/message.h"
#include "core/read/brief.h"
#include "core/read/reading.h"

struct reader;

/* Starts the process. `local`: no process, all happens in this one (debugging, fuzzing). NULL: it could not be started (G_SPAWN_ERROR). */
struct reader *reader_start(bool local, GError **error);
/* Ends it. NULL is allowed. */
void reader_stop(struct reader *reader);

#define READER_ERROR reader_error_quark()
GQuark reader_error_quark(void);
enum reader_error {
	READER_ERROR_DIED,     /* the process ended over this message; the text says how */
	READER_ERROR_OVERRAN,  /* it was not done in time, and was ended */
	READER_ERROR_NONSENSE, /* its answer could not be believed, and it was ended */
	READER_ERROR_SYSTEM, /* the system refused (no process, no memory): nothing is held against the message; later may work */
};

/* What the directives say for this message. */
void brief_for(struct brief *brief, struct subject *subject);

/* Reads the message: message->facts is set. On false it is not, and the error says whose fault that is. */
bool reader_read(
    struct reader *reader, struct message *message, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * Contents of parts of a message that was read, each written to a descriptor of its own (from its offset on): `fds` has as many
 * as `parts` (ascending). `got` says of each whether it was written.
 */
bool reader_contents(struct reader *reader, struct message *message, enum content_form form,
    const unsigned *parts, const int *fds, bool *got, unsigned count,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
