/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_PLUGIN_FACTS_H
#define CORE_PLUGIN_FACTS_H
/*
 * Facts about a message as JSON, by name: what fact() of plugins/mailscanner.h promises.
 */
#include <jansson.h>
#include "core/message/message.h"

/* A new reference. NULL: there is no such fact, or the message has none. */
json_t *facts_value(const struct message *message, const char *name);
/* The same as text, the caller's. */
char *facts_json(const struct message *message, const char *name);
/* The fact "envelope" where there is nothing else; what it doesn't say is null. A new reference. */
json_t *facts_envelope(struct subject *subject);

#endif
