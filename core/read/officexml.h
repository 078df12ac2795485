/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_OFFICEXML_H
#define CORE_READ_OFFICEXML_H
/*
 * Documents of Office that are one XML file: WordprocessingML and SpreadsheetML of 2003, and Office Open XML in one piece (Flat OPC).
 */
#include "core/read/task.h"

/* Whether its outermost element is one of theirs, by namespace; whatever its name says. */
bool officexml_is(const char *bytes, size_t size);

/*
 * Opens part n: facts about macros, links and objects as of documents that are zip files, PART_FACT_ooxml where it is Office Open
 * XML; what is stored in base64 becomes members (letter o), unless archives are not to be unpacked (depth 0). PART_FACT_unreadable:
 * it ends within one of these.
 */
void officexml_open(struct task *task, unsigned n, const char *bytes, size_t size);

#endif
