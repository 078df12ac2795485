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
#include "core/read/reader_error.h"
#include "core/read/reading.h"

struct reader;

/* Starts the process. `local`: no process, all happens in this one (debugging, fuzzing). NULL: it could not be started (G_SPAWN_ERROR). */
struct reader *reader_start(bool local, GError **error);
/* Ends it. NULL is allowed. */
void reader_stop(struct reader *reader);

/* What the directives say for this message. */
void brief_for(struct brief *brief, struct subject *subject);

/* Reads the message: message->facts is set. On false it is not, and the error says whose fault that is. */
bool reader_read(
    struct reader *reader, struct message *message, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * The same in two steps: the answer is received, and then looked at. Meanwhile the process can be asked about the next message, which
 * is then to be received next; asking ahead is a hint, what goes wrong with it shows then.
 */
bool reader_receive(
    struct reader *reader, struct message *message, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void reader_ask_ahead(struct reader *reader, const struct message *message);
bool reader_believe(
    struct reader *reader, struct message *message, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * Contents of parts of a message that was read, each written to a descriptor of its own (from its offset on): `fds` has as many
 * as `parts` (ascending). `got` says of each whether it was written.
 */
bool reader_contents(struct reader *reader, struct message *message, enum content_form form,
    const unsigned *parts, const int *fds, bool *got, unsigned count,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
