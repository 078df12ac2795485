/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_UNPACK_H
#define CORE_READ_UNPACK_H
/*
 * Opening files: archives, TNEF, documents of Office, PDF. Each member becomes a part behind the container (kind member) with
 * its names, and goes through task_content() itself.
 */
#include "core/read/task.h"

/* Looks at part n, whose content this is, and opens it where it is of a kind that is to be opened. Sets the facts of the container. */
void unpack(struct task *task, unsigned n, const char *bytes, size_t size);

/* Whether part n, whose content begins so, is of a kind that is opened. */
bool unpack_is_kind(const struct task *task, unsigned n, const char *bytes, size_t size);

/* Loads what libraries need, before the process loses its file system. */
void unpack_prepare(void);

#endif
