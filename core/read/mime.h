/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_MIME_H
#define CORE_READ_MIME_H
/*
 * MIME: from the bytes of a message to the tree of its parts, in every way in which mail programs read it (GMime, one walker).
 */
#include "core/read/task.h"

/* Adds all parts of all readings to task->facts and calls task_content() for each leaf. */
void mime_read(struct task *task);

/*
 * A message that lies inside of some other file (an .eml in an archive, a message in a text): its parts become members of part n.
 * False when it is none.
 */
bool mime_read_embedded(struct task *task, unsigned n, const char *bytes, size_t size);

/* The same for bytes that are a part of a message, header and content, whatever they look like. */
void mime_read_content(struct task *task, unsigned n, const char *bytes, size_t size);

#endif
