/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_ACTIVEMIME_H
#define CORE_READ_ACTIVEMIME_H
/*
 * ActiveMime: how Office keeps macros of documents that are saved as web pages or as XML (editdata.mso). Behind a header of
 * Microsoft's that nothing public describes stands an OLE2 file, compressed by zlib.
 */
#include "core/read/task.h"

bool activemime_is(const char *bytes, size_t size);

/* Opens part n: what was compressed becomes a member (letter o). PART_FACT_unreadable: there is none, or not all of it. */
void activemime_open(struct task *task, unsigned n, const char *bytes, size_t size);

#endif
