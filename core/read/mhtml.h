/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_MHTML_H
#define CORE_READ_MHTML_H
/*
 * Documents that are MIME (RFC 2557, MHTML; Office calls them Single File Web Pages), whatever their names say: Word and Excel look
 * for the header behind whatever stands in front, be that rubbish or a whole PDF.
 */
#include "core/read/task.h"

/*
 * Looks for one in part n; true: its parts became members of part n. PART_FACT_hidden_message: something else stands in front of it.
 */
bool mhtml_read(struct task *task, unsigned n, const char *bytes, size_t size);

#endif
