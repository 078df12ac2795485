/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_TNEF_H
#define CORE_READ_TNEF_H
/*
 * TNEF, Microsoft's container for rich mail ([MS-OXTNEF]): winmail.dat.
 */
#include "core/read/task.h"

bool tnef_is(const char *bytes, size_t size);
/* winmail.dat, winmail2.dat, winmail.dat3 ...; `name` is in lower case. */
bool tnef_is_name(const char *name);

/*
 * Opens part n: its attachments become members (letter t), its text, RTF and HTML bodies too ("message.txt", "message.rtf",
 * "message.html"). What can't be decoded is PART_FACT_bad_tnef of it; what stands in front of that is there.
 */
void tnef_open(struct task *task, unsigned n, const char *bytes, size_t size);

#endif
