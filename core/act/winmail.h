/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ACT_WINMAIL_H
#define CORE_ACT_WINMAIL_H
/*
 * `Use TNEF Contents`: the files in a winmail.dat, for those whose programs can't open one.
 *
 * add: each file becomes an attachment at the end of the message. replace: and the winmail.dat goes, if all of them could be had. The
 * text of the message in it is added only where the message has no other. Where the winmail.dat was replaced by a report because
 * of some files in it, the others are added all the same. What is signed or encrypted is left as it is.
 */
#include "core/message/message.h"
#include "core/read/reader.h"

/* After bad parts were replaced. False as contents_fetch() (core/act/contents.h) says it. */
bool winmail_unpack(
    struct message *message, struct reader *reader, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
