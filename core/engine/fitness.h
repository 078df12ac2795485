/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ENGINE_FITNESS_H
#define CORE_ENGINE_FITNESS_H
/*
 * Can this configuration be worked with? All that a start needs and a reload must not lose, in one
 * place: a queue format that is known, incoming queues that are there, users that exist.
 */
#include "rules/config.h"

/* For the configuration in force. What is missing is added as errors, with the line that says so. */
bool fitness_check(struct diagnostics *diagnostics);

/* Adds a diagnostic about a directive, with the line that sets it. */
void fitness_complain(struct diagnostics *diagnostics, enum severity severity,
    enum directive directive, const char *format, ...) G_GNUC_PRINTF(4, 5);

#endif
