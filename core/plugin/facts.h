/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_PLUGIN_FACTS_H
#define CORE_PLUGIN_FACTS_H
/*
 * Facts about a message as JSON, by name: what fact() of plugins/mailscanner.h promises.
 */
#include "core/message/message.h"

/* NULL: there is no such fact, or the message has none. The caller's. */
char *facts_json(const struct message *message, const char *name);

#endif
