/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ACT_CLEAN_H
#define CORE_ACT_CLEAN_H
/*
 * Cleaning: bad parts are replaced by texts that say what was removed and why, and a warning at the top of the message points
 * there. Everything here is planned; nothing is written.
 */
#include "core/message/message.h"

/*
 * Plans the replacement of each MIME part in which, or in a member of which, something was found; of the whole message where the
 * finding is about that. Whether a text says "kept" or "not kept" goes by the copies that were noted (FINDING_copy).
 */
void clean_replace(struct message *message);

/* Plans the warning of `Mark Infected Messages`, after clean_replace(). */
void clean_mark(struct message *message);

/* Names of the files that something was found in, ", " between them. The caller's. */
char *clean_file_names(const struct message *message);

/* Texts of all findings, each line behind `prefix` and ended by a newline, none twice. The caller's. */
char *clean_report(const struct message *message, const char *prefix);

#endif
