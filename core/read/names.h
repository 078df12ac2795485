/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_NAMES_H
#define CORE_READ_NAMES_H
/*
 * Names of files as senders write them, and as people may see them.
 */
#include "core/message/part.h"

/* Bytes that a name for people has at most. */
#define NAMES_SHOWN_MAX 150

/* `bytes` as valid UTF-8: as it is where it is that, else taken for Windows-1252. The caller's. */
char *names_utf8(const char *bytes, size_t length);

/* Safe to show: controls and bidi marks become '_', a path is cut off, white space at the ends too, and its length is limited. The caller's. */
char *names_safe(const char *name);

/* What a raw name is shown as: decoded and safe. The caller's. */
char *names_shown(const char *raw, size_t length);

/* Notes a raw name of a part: the candidate as it is, the one behind the last / or \, cleaned, without its controls ...; `header` NULL for members. Sets `name` where there is none yet, and facts about it. */
void names_add(struct part *part, const char *raw, size_t length, const char *header);

#endif
