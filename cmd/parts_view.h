/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_PARTS_VIEW_H
#define CMD_PARTS_VIEW_H
/*
 * What was read in a message and what was found in it, for people.
 */
#include <stdio.h>
#include "core/message/message.h"

/*
 * The tree of parts, each with its facts and findings, then what was found in the whole message, and what would become of it (core/act/foresee.h,
 * after which the message is of no other use). Colours only when `colours` says so.
 */
void parts_view_print(FILE *out, struct message *message, bool colours);

#endif
