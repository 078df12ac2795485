/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_APPLEFILE_H
#define CORE_READ_APPLEFILE_H
/*
 * AppleSingle and AppleDouble (RFC 1740): what belongs to a file of a Mac, in one file; of AppleDouble the content lies beside it.
 */
#include "core/read/task.h"

/* By its first bytes. */
bool applefile_is(const char *bytes, size_t size);

/*
 * Opens part n: the data fork becomes a member (letter r) under the real name of the file, or that of part n where none is stored.
 * Without a data fork the real name is one more of part n. PART_FACT_unreadable: it is none, or something in it lies outside of it.
 */
void applefile_open(struct task *task, unsigned n, const char *bytes, size_t size);

#endif
