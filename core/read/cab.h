/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_CAB_H
#define CORE_READ_CAB_H
/*
 * Cabinets ([MS-CAB]). Of those that are compressed by LZX or Quantum only the names are known (PART_FACT_unreadable).
 */
#include "core/read/task.h"

/* Opens part n: files become members (letter r). */
void cab_open(struct task *task, unsigned n, const char *bytes, size_t size);

#endif
