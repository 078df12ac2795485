/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_PLUGIN_HOST_CONFIG_H
#define CORE_PLUGIN_HOST_CONFIG_H
/*
 * What plugins may ask of the configuration: members of struct mailscanner_host, whose header says what each promises.
 */
#include "plugins/mailscanner.h"

const char *host_directive(struct mailscanner_message *message, const char *name);
const char *host_inner_value(struct mailscanner_message *message, const char *name);
const char *host_directive_name(const char *name, enum mailscanner_name form);
const char *host_ruleset(struct mailscanner_message *message, const char *name, const char *path);
const char *host_macro(const char *name);
const char *host_configuration(void);
const char *host_language(struct mailscanner_message *message, const char *key);
const char *host_next_directive(size_t *position);
const char *host_explain(struct mailscanner_message *message, const char *name);

#endif
