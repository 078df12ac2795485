/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_READ_WORDFIELD_H
#define CORE_READ_WORDFIELD_H
/*
 * Fields of word processors: instructions that are carried out when a document is opened or its fields are brought up to date. They are
 * the same in RTF and in XML.
 */
#include "core/message/part.h"

/* Whether a path or URL, or the first in a text, leads to another machine. */
bool wordfield_is_elsewhere(const char *target);

/* What an instruction says about the document that it is in: that it runs a program (dde), or loads something from elsewhere. */
void wordfield_look(struct part *document, const char *instruction);

#endif
