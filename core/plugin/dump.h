/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_PLUGIN_DUMP_H
#define CORE_PLUGIN_DUMP_H
/*
 * All that is known of a message as one JSON object: mailscanner-message(5), which dump() of plugins/mailscanner.h, `show --json`
 * and `check --json` write.
 */
#include <jansson.h>
#include "rules/subject.h"

/* Changes when a member changes its meaning or goes; members are added without. */
#define DUMP_SCHEMA 1

/*
 * The object: "schema", and each fact by its name (core/plugin/facts.h), null where there is none. `subject` without a message
 * behind it: its envelope, and nothing else; NULL: only nulls. A new reference.
 */
json_t *dump_object(struct subject *subject);

/*
 * Writes it into a file, mode 0600, that is there whole or not at all. `path` is absolute and ends in ".json", and none of its
 * directories is a link. What has the name already must be a regular file of our own user. SPOOL_ERROR_IO, or
 * SPOOL_ERROR_EXISTS for a name or path that can't be taken.
 */
bool dump_write(const json_t *object, const char *path, GError **error);

/* Logs it, a line for each member. */
void dump_log(const json_t *object);

#endif
