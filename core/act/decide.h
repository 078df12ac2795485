/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ACT_DECIDE_H
#define CORE_ACT_DECIDE_H
/*
 * What becomes of a message, by what was found in it: the one place where findings turn into fate. Each function is a stage of
 * the pipeline, in this order; each looks at findings and directives alone.
 *
 *	decide_quarantine     bad parts are stored before anything is done to the message
 *	decide_denial         what ended its reader is stored and stopped
 *	decide_silent         findings that nobody is to be told of: mostly the end of the message
 *	decide_redirect       rules that name other recipients
 *	decide_rename         rules that give attachments another name
 *	decide_mend           headers on which mail programs would differ are written anew
 *	decide_convert        HTML becomes text, or what was disarmed in it is told
 *	decide_modified       what will be changed is stored first, where that is wanted
 *	decide_clean          bad parts are replaced, or the message is stopped
 *	decide_pack           what readers asked to have unpacked, packed or laid open
 *	decide_sign           warning for mail from outside, signature below clean mail
 */
#include <glib.h>
#include <stdbool.h>
#include "core/message/message.h"
#include "core/read/reader.h"

/* On false the message can't go on now and must stay in its queue. */
bool decide_quarantine(
    struct message *message, struct reader *reader, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool decide_denial(struct message *message, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void decide_silent(struct message *message);
void decide_redirect(struct message *message);
void decide_rename(struct message *message);
/* Returns of how many parts. */
unsigned decide_mend(struct message *message);
bool decide_convert(
    struct message *message, struct reader *reader, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool decide_modified(struct message *message, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void decide_clean(struct message *message);
bool decide_pack(
    struct message *message, struct reader *reader, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void decide_sign(struct message *message);

#endif
