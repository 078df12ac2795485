/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_PLUGIN_HOST_FACTS_H
#define CORE_PLUGIN_HOST_FACTS_H
/*
 * What plugins may ask of what was read and found: members of struct mailscanner_host, whose header says what each promises.
 */
#include "plugins/mailscanner.h"

size_t host_parts(struct mailscanner_message *message);
const char *host_part_text(
    struct mailscanner_message *message, size_t part, enum mailscanner_part_text what);
int64_t host_part_number(
    struct mailscanner_message *message, size_t part, enum mailscanner_part_number what);
const char *host_part_name(struct mailscanner_message *message, size_t part, size_t n);
int host_part_is(struct mailscanner_message *message, size_t part, const char *what);

size_t host_findings(struct mailscanner_message *message);
const char *host_finding_text(
    struct mailscanner_message *message, size_t finding, enum mailscanner_finding_text what);
int host_finding_part(struct mailscanner_message *message, size_t finding);

const char *host_fact(struct mailscanner_message *message, const char *name);
const char *host_fact_text(struct mailscanner_message *message, const char *path);
int host_fact_number(struct mailscanner_message *message, const char *path, int64_t *number);
size_t host_fact_count(struct mailscanner_message *message, const char *path);
int host_dump(struct mailscanner_message *message, const char *path);

#endif
