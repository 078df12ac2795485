/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ENGINE_RELOAD_H
#define CORE_ENGINE_RELOAD_H
#include <stdbool.h>

/*
 * Reads the configuration anew and puts it in force, if it can be worked with. False: it can't, the log says why, and the
 * old one stays. What counts with the next start only is said too.
 */
bool reload_configuration(const char *path, const char *const *overrides);

#endif
