/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A new configuration is tried on before the old one goes: it is in force for a moment, for the checks that read
 * directives, and the old one comes back when it doesn't fit.
 */
#include "core/engine/reload.h"

#include <string.h>

#include "core/engine/adopt.h"
#include "core/engine/fitness.h"
#include "core/log/log.h"
#include "rules/directives.h"

static struct config *
load_fit(const char *path, const char *const *overrides, struct diagnostics *diagnostics)
{
	struct config *config = config_load(path, overrides, diagnostics);

	if (config == NULL)
		return NULL;
	struct config *old = config_use(config);
	bool fit = fitness_check(diagnostics);

	config_use(old);
	if (fit)
		return config;
	config_free(config);
	return NULL;
}

static void
say_what_waits(const char *directive, const char *before, const char *now)
{
	if (strcmp(before, now) != 0)
		log_line(LOG_WARNING, "%s changes with the next start only", directive);
}

bool
reload_configuration(const char *path, const char *const *overrides)
{
	struct diagnostics *diagnostics = diagnostics_new();
	struct config *config = load_fit(path, overrides, diagnostics);
	g_autofree char *state = g_strdup(state_dir_for(NULL));
	g_autofree char *user = g_strdup(run_as_user_for(NULL));
	g_autofree char *group = g_strdup(run_as_group_for(NULL));

	if (config != NULL)
		config_adopt(config, diagnostics);
	log_diagnostics(diagnostics);
	diagnostics_free(diagnostics);
	if (config == NULL) {
		log_line(LOG_ERR, "reload refused: the old configuration stays in force");
		return false;
	}
	say_what_waits("State Dir", state, state_dir_for(NULL));
	say_what_waits("Run As User", user, run_as_user_for(NULL));
	say_what_waits("Run As Group", group, run_as_group_for(NULL));
	return true;
}
