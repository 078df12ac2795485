/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ACT_QUARANTINE_H
#define CORE_ACT_QUARANTINE_H
/*
 * The quarantine: `Quarantine Dir`/yyyymmdd/id/ holds bad files under their own names and, for a whole message,
 *
 *	message    header and body as they came, lines ended by LF; or the queue files under their
 *	           own names (`Quarantine Whole Messages As Queue Files`)
 *	envelope   what the header doesn't say: lines "Name: value", Sender and Recipient in <>,
 *	           a Recipient line for each, Subject as people read it, a Finding line for each
 *
 * Nothing is ever overwritten: a name that is taken gets -1, -2 ... behind it. A bad file that is called as one of these two, or as a
 * queue file of the message, gets -1 in any case: what a mail brings along says nothing about it.
 */
#include <glib.h>
#include <stdbool.h>
#include "core/message/message.h"
#include "core/read/reader.h"

/* What is stored here is durable after copies_settle() (core/act/copies.h), and has no name before. */

/* Stores the whole message. A FINDING_copy says where. Else SPOOL_ERROR_IO. */
bool quarantine_message(struct message *message, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * Stores what was found to be bad, for whom `Quarantine Infections` and the silence of the findings say: each file with a finding,
 * under its name for people; the archive around a member too; the whole message besides where a finding is about it or
 * `Quarantine Whole Message` says so. A FINDING_copy for each. On false nothing may be lost by leaving the message in its queue:
 * SPOOL_ERROR_IO, or what the reader says.
 */
bool quarantine_infections(
    struct message *message, struct reader *reader, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Stores the whole message where its body is going to be changed and `Quarantine Modified Body` says so. */
bool quarantine_modified(struct message *message, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Is the message to be stored, as far as directives and silence go? */
bool quarantine_is_wanted(const struct message *message);

/*
 * Settles the fate of a message that was tried too many times (FINDING_crashes). `Quarantine Denial
 * Of Service` yes: it is stored, then dropped; no: it is left in its queue, and the caller sees to it
 * that it is not tried again. On false the store failed and nothing is settled.
 */
bool quarantine_crasher(struct message *message, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
