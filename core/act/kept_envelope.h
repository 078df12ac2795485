/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_ACT_KEPT_ENVELOPE_H
#define CORE_ACT_KEPT_ENVELOPE_H
/*
 * Files of lines "Name: value" beside what is kept: `envelope` (core/act/quarantine.h) and notes of a release.
 */
#include <glib.h>
#include <stdbool.h>
#include "spool/envelope.h"

/* Most bytes of such a file that are read. */
#define KEPT_LINES_MAX (4 * 1024 * 1024)

/* Is given each line; addresses without the <> around them. */
typedef void (*kept_take_line)(const char *name, const char *value, void *data);

/* The lines of a text; those that are none are passed over. */
void kept_lines(const char *text, kept_take_line take, void *data);

/* What is in the file, made valid UTF-8; a symbolic link is not followed. NULL where there is none. The caller's. */
char *kept_lines_text(int directory, const char *name);

/* The lines of the file `envelope`. False where there is none. */
bool kept_envelope_lines(int directory, kept_take_line take, void *data);

/* The same as an envelope. Without such a file it has no sender and no recipients. The caller's. */
struct envelope *kept_envelope(int directory);

#endif
