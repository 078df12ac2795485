/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ENGINE_SERVICE_H
#define CORE_ENGINE_SERVICE_H
/*
 * What systemd is told of the daemon (sd_notify(3)); nothing happens where it does not ask.
 */
#include <glib.h>

struct service {
	gint64 next; /* when service_tell() is due; 0 at first */
};

void service_ready(void);
void service_reloading(void);
void service_stopping(void);

/* The sign of life and the status line, when due. */
void service_tell(struct service *service, gint64 now, unsigned done, unsigned left);

#endif
