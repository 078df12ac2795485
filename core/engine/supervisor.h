/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ENGINE_SUPERVISOR_H
#define CORE_ENGINE_SUPERVISOR_H
/*
 * The supervisor: watches the incoming queues, keeps the workers, gives them batches. It opens no message.
 */
#include <glib.h>
#include <stdbool.h>
#include "rules/config.h"

enum supervisor_mode {
	SUPERVISOR_RUN,	  /* until SIGTERM */
	SUPERVISOR_ONCE,  /* until nothing is left that can be done now */
	SUPERVISOR_BATCH, /* one batch, in this very process, for debugging */
};

struct supervisor_options {
	enum supervisor_mode mode;
	const char *config_path;
	const char *const *overrides; /* as for config_load(), NULL-terminated; may be NULL */
	const char *only_id;	      /* leave all messages but this one alone; NULL: take all */
	bool background; /* SUPERVISOR_RUN: leave the terminal once the start has succeeded */
	/* A reload succeeded: the log may have to be opened anew. May be NULL. */
	void (*reloaded)(void *data);
	/* Called now and then with the number of messages done and those still known, for progress at a terminal. May be NULL. */
	void (*progress)(unsigned done, unsigned left, void *data);
	void *data;
};

/*
 * Works with the configuration in use (config_use) and returns a status of sysexits(3): 0; EX_NOINPUT when there is no message `only_id`; EX_TEMPFAIL (75) when SUPERVISOR_ONCE or
 * SUPERVISOR_BATCH had to leave something, or another instance is at work; EX_CONFIG, EX_OSERR when it could not start.
 */
int supervisor_run(const struct supervisor_options *options);

#endif
