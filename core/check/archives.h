/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_CHECK_ARCHIVES_H
#define CORE_CHECK_ARCHIVES_H
/*
 * What could not be looked into: archives with passwords (and without, where they must have one), archives that could not be
 * opened, and whatever a limit of reading left out.
 */
struct message;

/* Findings about archives, whatever `Dangerous Content Scanning` says. */
void check_archives(struct message *message);

#endif
