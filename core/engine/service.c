/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sign of life comes from the supervisor's loop itself, so it stops when the loop does.
 */
#include "core/engine/service.h"

#include <stdlib.h>
#include <systemd/sd-daemon.h>

#define STATUS_INTERVAL (10 * G_USEC_PER_SEC)

void
service_ready(void)
{
	sd_notify(0, "READY=1");
}

void
service_reloading(void)
{
	sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%" G_GINT64_FORMAT, g_get_monotonic_time());
}

void
service_stopping(void)
{
	sd_notify(0, "STOPPING=1");
}

void
service_tell(struct service *service, gint64 now, unsigned done, unsigned left)
{
	uint64_t period;

	if (service->next > now)
		return;
	service->next = G_MAXINT64;
	sd_notifyf(0, "STATUS=%u messages handed over, %u in the incoming queues", done, left);
	if (sd_watchdog_enabled(0, &period) > 0) {
		sd_notify(0, "WATCHDOG=1");
		service->next = now + (gint64)period / 2;
	} else if (getenv("NOTIFY_SOCKET") != NULL) {
		service->next = now + STATUS_INTERVAL;
	}
}
