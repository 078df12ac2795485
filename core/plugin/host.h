/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_PLUGIN_HOST_H
#define CORE_PLUGIN_HOST_H
/*
 * The table through which plugins reach the program. A struct mailscanner_message is a struct subject to us.
 */
#include "plugins/mailscanner.h"
#include "rules/subject.h"

extern const struct mailscanner_host plugin_host;

/* NULL stays NULL. */
struct mailscanner_message *host_message(struct subject *subject);

#endif
