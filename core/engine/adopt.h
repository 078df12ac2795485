/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ENGINE_ADOPT_H
#define CORE_ENGINE_ADOPT_H
/*
 * Puts a configuration in force: the accessors read it from now on, and what keeps settings of its own
 * (the resolver) gets them.
 */
#include "rules/config.h"

/* Takes `config` over and frees the one before. What can't be set is added to `diagnostics`. */
void config_adopt(struct config *config, struct diagnostics *diagnostics);

/* Logs which files the configuration in force was read from. */
void config_log_files(void);

#endif
