/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_ARCHIVE_H
#define CORE_READ_ARCHIVE_H
/*
 * Archives and compressed files, by libarchive, out of memory.
 */
#include "core/read/task.h"

/*
 * Opens part n; members become parts behind it. `zip`: it is one, and nothing else is tried. False: it is no archive that can be opened,
 * and nothing was said about it.
 */
bool archive_open(struct task *task, unsigned n, const char *bytes, size_t size, bool zip);

/* Loads what libarchive needs to read names, before the process loses its file system. */
void archive_prepare(void);

#endif
