/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_OLE_H
#define CORE_READ_OLE_H
/*
 * OLE2 documents: Word, Excel and PowerPoint up to 2003, encrypted ones of later versions, Outlook's messages.
 */
#include "core/read/task.h"

/*
 * Opens part n: facts about macros, links, encryption; embedded files and attachments become members (letter o), unless archives are
 * not to be unpacked (depth 0).
 */
void ole_open(struct task *task, unsigned n, const char *bytes, size_t size);

#endif
